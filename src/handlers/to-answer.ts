import { Readable } from 'node:stream'
import { TreewayError } from '../errors.ts'

/** What an event handler returned, ready to be sent. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[]>> | undefined
  /** Used unless `headers` has one; undefined leaves it to Fastify (JSON). */
  readonly contentType: string | undefined
  /** Text, bytes, a stream, or an object that is sent as JSON. */
  readonly payload: unknown
}

const TEXT = 'text/plain; charset=utf-8'
const HTML = 'text/html; charset=utf-8'
const BYTES = 'application/octet-stream'
const JSON_TYPE = 'application/json; charset=utf-8'

const ENVELOPE_KEYS = new Set([
  ...['status', 'statusCode', 'headers', 'body', 'is_base64', 'isBase64', 'isBase64Encoded', 'body_base64'],
  ...['cookies', 'multiValueHeaders']
])

type Envelope = Readonly<Record<string, unknown>>

/**
 * Tells envelopes (`{ status, headers, body }`, Lambda's names too) and plain values apart, as FastFN does for Node:
 * text (HTML where it begins as such), number, list or object (JSON), bytes, stream, nothing (an empty 200).
 * @throws TREEWAY_ANSWER_INVALID for a status that is none, or a body that can not be sent.
 */
export function toAnswer(value: unknown): Answer {
  if (isRecord(value) && isEnvelope(value)) return toEnvelopeAnswer(value)
  if (typeof value === 'string') return toPlain(value, looksLikeHtml(value) ? HTML : TEXT)
  const { payload, contentType } = toPayload(value)
  return toPlain(payload, contentType)
}

function toPlain(payload: unknown, contentType: string | undefined): Answer {
  return { status: 200, headers: undefined, contentType, payload }
}

/**
 * An object is an envelope when a numeric status or a body says so and no other key speaks against it. `{ status:
 * 'open', id: 1 }` is data; so is `{ status: 3, id: 1 }`.
 */
function isEnvelope(value: Envelope): boolean {
  const hasStatus = isStatusLike(value['status']) || isStatusLike(value['statusCode'])
  const hasBody = 'body' in value || 'body_base64' in value
  if (!hasStatus && !hasBody && !isRecord(value['headers'])) return false
  if (hasStatus && (hasBody || isRecord(value['headers']))) return true
  return Object.keys(value).every((key) => ENVELOPE_KEYS.has(key))
}

function isStatusLike(status: unknown): boolean {
  return typeof status === 'number' || (typeof status === 'string' && /^\d{3}$/.test(status))
}

function toEnvelopeAnswer(value: Envelope): Answer {
  const status = toStatus(value['status'] ?? value['statusCode'] ?? 200)
  const { payload, contentType } = toEnvelopeBody(value)
  return { status, headers: toHeaders(value), contentType, payload }
}

function toStatus(value: unknown): number {
  const status = Number(value)
  if (Number.isInteger(status) && status >= 100 && status <= 599) return status
  throw new TreewayError('TREEWAY_ANSWER_INVALID', `The status must be a number from 100 to 599; received ${String(value)}.`)
}

function toEnvelopeBody(value: Envelope): { payload: unknown; contentType: string | undefined } {
  const isBase64 = value['is_base64'] === true || value['isBase64'] === true || value['isBase64Encoded'] === true
  const encoded = value['body_base64'] ?? (isBase64 ? value['body'] : undefined)
  if (typeof encoded === 'string') return { payload: Buffer.from(encoded, 'base64'), contentType: BYTES }
  return toPayload(value['body'])
}

function toPayload(body: unknown): { payload: unknown; contentType: string | undefined } {
  if (body === undefined || body === null) return { payload: '', contentType: undefined }
  if (typeof body === 'string') return { payload: body, contentType: TEXT }
  if (typeof body !== 'object') return toPrimitivePayload(body)
  if (body instanceof Uint8Array) return { payload: toBuffer(body), contentType: BYTES }
  if (body instanceof ArrayBuffer) return { payload: Buffer.from(body), contentType: BYTES }
  if (body instanceof Readable || body instanceof ReadableStream) return { payload: body, contentType: BYTES }
  if (!Array.isArray(body) && (Symbol.asyncIterator in body || Symbol.iterator in body)) {
    return { payload: toStream(body as AsyncIterable<unknown>), contentType: TEXT }
  }
  return { payload: body, contentType: JSON_TYPE }
}

function toPrimitivePayload(body: unknown): { payload: string; contentType: string } {
  if (typeof body !== 'function' && typeof body !== 'symbol') return { payload: String(body), contentType: TEXT }
  throw new TreewayError('TREEWAY_ANSWER_INVALID', `A handler can not answer with a ${typeof body}.`)
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Generators go out chunk by chunk: text and bytes as they are, anything else as a line of JSON. */
function toStream(chunks: Iterable<unknown> | AsyncIterable<unknown>): Readable {
  async function* encode(): AsyncGenerator<string | Uint8Array> {
    for await (const chunk of chunks) {
      yield typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : `${JSON.stringify(chunk)}\n`
    }
  }
  return Readable.from(encode(), { objectMode: false })
}

function toHeaders(value: Envelope): Record<string, string | string[]> | undefined {
  const headers: Record<string, string | string[]> = {}
  for (const [name, item] of Object.entries({ ...toRecord(value['headers']), ...toRecord(value['multiValueHeaders']) })) {
    if (item !== undefined && item !== null) headers[name] = Array.isArray(item) ? item.map(String) : String(item)
  }
  if (Array.isArray(value['cookies'])) headers['set-cookie'] = value['cookies'].map(String)
  return headers
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {}
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null
}

function looksLikeHtml(text: string): boolean {
  return /^\s*<(?:!doctype html|html)[\s>]/i.test(text)
}
