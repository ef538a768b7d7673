import type { FastifyReply } from 'fastify'
import { TreewayError } from '../errors.ts'
import { takeResponse } from './light-response.ts'
import type { TakenResponse } from './light-response.ts'

/** Sends a Web `Response` through Fastify, so that every hook sees it. */
export function sendResponse(reply: FastifyReply, response: unknown): FastifyReply {
  const payload = applyResponse(reply, response)
  return payload === reply ? reply : reply.send(payload)
}

/**
 * Sends an answer without a body, and gives the reply: what a handler returns that sent by itself. `null` as payload
 * would be the JSON text `null` to Fastify, and `undefined` no answer at all.
 */
export function sendNothing(reply: FastifyReply): FastifyReply {
  return reply.send()
}

/**
 * Sets status and headers, and gives the payload: what a route handler returns for Fastify to send. To send it oneself
 * and return the reply costs more, because a reply is a thenable that Fastify then waits for.
 */
export function applyResponse(reply: FastifyReply, response: unknown): unknown {
  if (!(response instanceof Response)) throw toNoResponseError(response)
  const taken = takeResponse(response)
  if (taken === undefined) return applyNative(reply, response)
  applyHead(reply, taken)
  return toBody(reply, taken.body)
}

/** What a handler of the context or web style gets told when it returned something else. */
export function toNoResponseError(value: unknown): TreewayError {
  const received = value === null ? 'null' : typeof value
  return new TreewayError(
    'TREEWAY_ANSWER_INVALID',
    `The handler should return a Response; it returned ${received}.`
  )
}

/** What Fastify makes of `application/json` for each text it sends: written here, it is one string for all. */
const JSON_TYPE = 'application/json; charset=utf-8'

function applyHead(reply: FastifyReply, { status, statusText, headers, body, length }: TakenResponse): void {
  if (status !== 200) reply.code(status)
  if (statusText !== '') reply.raw.statusMessage = statusText
  if (length !== undefined && reply.request.method === 'HEAD') reply.header('content-length', length)
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]
    // Fastify knows the length better: a hook may still change the payload. Of HEAD it knows nothing.
    if (name === undefined || (name === 'content-length' && reply.request.method !== 'HEAD')) continue
    const value = headers[i + 1]
    reply.header(name, value === 'application/json' && typeof body === 'string' ? JSON_TYPE : value)
  }
}

function toBody(reply: FastifyReply, body: unknown): unknown {
  if (typeof body === 'string') return body
  if (body === null || body === undefined) return sendNothing(reply)
  if (body instanceof ReadableStream && reply.request.method === 'HEAD') {
    body.cancel().catch(() => undefined)
    return sendNothing(reply)
  }
  return body
}

function applyNative(reply: FastifyReply, response: Response): unknown {
  if (response.statusText !== '') reply.raw.statusMessage = response.statusText
  if (response.status !== 200) reply.code(response.status)
  for (const [name, value] of response.headers) reply.header(name, value)
  return toBody(reply, response.body)
}
