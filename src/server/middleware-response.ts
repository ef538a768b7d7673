import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { createLazyResponse, isRead, takeResponse } from '../handlers/light-response.ts'

/** What Fastify is about to send, as the `Response` that `next()` gives. */
export interface ReplyResponse {
  readonly response: Response
  /** Makes the reply what a middleware returned, and gives the payload to send. */
  apply(final: Response): unknown
  /** Nobody will send it: whatever feeds it is stopped. */
  discard(): void
}

const LENGTH = 'content-length'

/** Built around what is there: nothing is copied before a middleware looks at the headers or the body. */
export function toReplyResponse(reply: FastifyReply, payload: unknown): ReplyResponse {
  const own = payload instanceof Response ? payload : undefined
  const response = createLazyResponse(toBody(reply, payload), own?.status ?? reply.statusCode, () =>
    toHeaders(reply, own)
  )

  function discard(): void {
    if (payload instanceof Readable) payload.destroy()
    else if (payload instanceof ReadableStream && !payload.locked)
      void payload.cancel().catch(() => undefined)
  }

  return {
    response,
    discard,
    apply(final) {
      const isOwn = final === response
      if (isOwn && !isRead(response, 'headers')) return payload
      const hasOwnBody = isOwn && !isRead(response, 'body')
      if (!isOwn && !isRead(response, 'body')) discard()
      const length = reply.getHeader(LENGTH)
      const body = applyResponse(reply, final)
      if (!hasOwnBody) return body
      if (length !== undefined) reply.header(LENGTH, length)
      // A Web Response as payload would bring its own status and headers along.
      return payload instanceof Response ? body : payload
    }
  }
}

function toBody(reply: FastifyReply, payload: unknown): unknown {
  const { statusCode } = reply
  if (payload instanceof Response) return payload.body
  const isEmpty = statusCode === 204 || statusCode === 205 || statusCode === 304
  return isEmpty || payload === undefined || payload === '' ? null : payload
}

function toHeaders(reply: FastifyReply, own: Response | undefined): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value === undefined) continue
    for (const one of [value].flat()) headers.append(name, String(one))
  }
  for (const [name, value] of own?.headers ?? []) {
    if (name === 'set-cookie') headers.append(name, value)
    else headers.set(name, value)
  }
  return headers
}

/** Makes the reply what a `Response` says: its status, its headers and no others. Returns the payload to send. */
function applyResponse(reply: FastifyReply, response: Response): unknown {
  const { status, statusText, headers, body } = takeResponse(response) ?? toTaken(response)
  clearHeaders(reply)
  reply.code(status)
  if (statusText !== '') reply.raw.statusMessage = statusText
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]
    // Fastify knows the length of what it sends.
    if (name !== undefined && name !== LENGTH) reply.header(name, headers[i + 1])
  }
  return toPayload(body)
}

export function clearHeaders(reply: FastifyReply): void {
  for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name)
}

function toTaken(response: Response): {
  status: number
  statusText: string
  headers: string[]
  body: unknown
} {
  const { status, statusText, body } = response
  return { status, statusText, headers: [...response.headers].flat(), body }
}

/** What an onSend hook may return: text, bytes or a stream. */
function toPayload(body: unknown): unknown {
  if (body instanceof Uint8Array && !Buffer.isBuffer(body))
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return body ?? null
}
