import type { FastifyReply } from 'fastify'
import { applyResponse, sendNothing } from './send-response.ts'
import { toAnswer } from './to-answer.ts'

/**
 * Sets what an event handler answered (an envelope, a plain value, or a Web `Response`) and gives the payload, for
 * Fastify to send.
 */
export function applyAnswer(reply: FastifyReply, value: unknown): unknown {
  if (value instanceof Response) return applyResponse(reply, value)
  const { status, headers, contentType, payload } = toAnswer(value)
  if (status !== 200) reply.code(status)
  if (headers !== undefined) reply.headers(headers)
  if (isWithoutBody(status)) return sendNothing(reply)
  if (contentType !== undefined && !reply.hasHeader('content-type')) reply.header('content-type', contentType)
  return payload
}

/** RFC 9110: these answers have no content. */
function isWithoutBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304 || status < 200
}
