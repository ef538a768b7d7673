import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest, RequestPayload } from 'fastify'

/**
 * Longest body that a middleware can read besides the handler. A longer one is not read ahead: it streams on to the
 * handler, and a middleware that asks for it takes it away from there.
 */
const MAX_READ_AHEAD_BYTES = 1_048_576

interface RawWithBody {
  rawBody?: Buffer
}

/** Reads a small body before the middleware runs, so that each of them and the handler can read it again. */
export async function readBodyAhead(request: FastifyRequest): Promise<void> {
  const { headers, raw } = request
  const length = Number(headers['content-length'] ?? Number.NaN)
  const hasBody = length > 0 || headers['transfer-encoding'] !== undefined
  if (!hasBody || length > MAX_READ_AHEAD_BYTES || (raw as RawWithBody).rawBody) return
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of raw.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer)
    size += (chunk as Buffer).length
    if (size > MAX_READ_AHEAD_BYTES) {
      raw.unshift(Buffer.concat(chunks))
      return
    }
  }
  Object.assign(raw, { rawBody: Buffer.concat(chunks) })
}

type Done = (error?: Error | null, payload?: RequestPayload) => void

/** `preParsing`: what was read ahead, or put there by a middleware, is parsed in place of the stream. */
export function keepBody(
  request: FastifyRequest,
  _reply: FastifyReply,
  payload: RequestPayload,
  done: Done
): void {
  const { rawBody } = request.raw as RawWithBody
  if (rawBody === undefined) {
    done(null, payload)
    return
  }
  const again = Readable.from(rawBody.length > 0 ? [rawBody] : []) as RequestPayload
  again.receivedEncodedLength = rawBody.length
  done(null, again)
}
