import type { FastifyReply } from 'fastify'
import { sendResponse } from './send-response.ts'
import { toAnswer } from './to-answer.ts'

/** Sends what an event handler returned: an envelope, a plain value, or a Web `Response`. */
export function sendAnswer(reply: FastifyReply, value: unknown): FastifyReply {
  if (value instanceof Response) return sendResponse(reply, value)
  const { status, headers, contentType, payload } = toAnswer(value)
  if (status !== 200) reply.code(status)
  if (headers !== undefined) reply.headers(headers)
  if (contentType !== undefined && !reply.hasHeader('content-type') && !isWithoutBody(status)) {
    reply.header('content-type', contentType)
  }
  return reply.send(isWithoutBody(status) ? null : payload)
}

/** RFC 9110: these answers have no content. */
function isWithoutBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304 || status < 200
}
