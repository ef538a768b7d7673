import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest, RequestPayload } from 'fastify'
import { sharedBody } from '../handlers/shared-body.ts'

type Done = (error?: Error | null, payload?: RequestPayload) => void

/** `preParsing`: a body that a middleware read, or put in the place of the client's, is parsed from its beginning. */
export function keepBody(
  request: FastifyRequest,
  _reply: FastifyReply,
  payload: RequestPayload,
  done: Done
): void {
  const shared = request[sharedBody]
  if (shared === undefined || !shared.isElsewhere(request.raw)) done(null, payload)
  else done(null, Readable.from(shared, { objectMode: false }) as RequestPayload)
}
