import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { LightResponse, takeResponse } from '../handlers/light-response.ts'

/** What Fastify is about to send, as a Web `Response`. */
export function toReplyResponse(reply: FastifyReply, payload: unknown): { readonly response: Response } {
  const headers = new Headers()
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (name === 'content-length' || value === undefined) continue
    for (const one of [value].flat()) headers.append(name, String(one))
  }
  const status = reply.statusCode
  const isEmpty =
    status === 204 || status === 205 || status === 304 || payload === undefined || payload === ''
  return { response: new LightResponse(isEmpty ? null : (payload as BodyInit), { status, headers }) }
}

/** Makes the reply what a `Response` says: its status, its headers and no others. Returns the payload to send. */
export function applyResponse(reply: FastifyReply, response: Response): unknown {
  const { status, headers, body } = takeResponse(response) ?? toTaken(response)
  for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name)
  reply.code(status)
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]
    if (name !== undefined && name !== 'content-length') reply.header(name, headers[i + 1])
  }
  return toPayload(body)
}

function toTaken(response: Response): { status: number; headers: string[]; body: unknown } {
  return { status: response.status, headers: [...response.headers].flat(), body: response.body }
}

/** What an onSend hook may return: text, bytes or a Node stream. */
function toPayload(body: unknown): unknown {
  if (body instanceof ReadableStream) return Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0])
  if (body instanceof Uint8Array && !Buffer.isBuffer(body))
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return body ?? null
}
