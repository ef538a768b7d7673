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

const BODY_KEYS = new Set(['body', 'body_base64', 'headers', 'cookies', 'multiValueHeaders'])
const STATUS_KEYS = new Set(['status', 'statusCode'])

type Envelope = Readonly<Record<string, unknown>>

/**
 * Tells envelopes (`{ status, headers, body }`, Lambda's names too) and plain values apart, as FastFN does for Node:
 * text (HTML where it begins as such), number, list or object (JSON), bytes, stream, nothing (an empty 200).
 * @throws TREEWAY_ANSWER_INVALID for a status that is none, or a body that can not be sent.
 */
export function toAnswer(value: unknown): Answer {
  if (isRecord(value) && isEnvelope(value)) return toEnvelopeAnswer(value)
  const { payload, contentType } = toPayload(value)
  return toPlain(payload, contentType)
}

function toPlain(payload: unknown, contentType: string | undefined): Answer {
  return { status: 200, headers: undefined, contentType, payload }
}

/**
 * A number as status makes an envelope, whatever else is there; without one only envelope keys do. So `{ status:
 * 'open' }` and `{ body: 'b', title: 't' }` are data. The rule of every language: docs/worker-protocol.md.
 */
function isEnvelope(value: Envelope): boolean {
  if (typeof value['status'] === 'number' || typeof value['statusCode'] === 'number') return true
  if ('headers' in value && !isRecord(value['headers'])) return false
  const keys = Object.keys(value)
  return (
    keys.some((key) => BODY_KEYS.has(key)) &&
    keys.every((key) => ENVELOPE_KEYS.has(key) && !STATUS_KEYS.has(key))
  )
}

function toEnvelopeAnswer(value: Envelope): Answer {
  const status = toStatus(value['status'] ?? value['statusCode'] ?? 200)
  const { payload, contentType } = toEnvelopeBody(value)
  return { status, headers: toHeaders(value), contentType, payload }
}

function toStatus(value: unknown): number {
  const status = Number(value)
  // 1xx is not an answer, only a word on the way to one.
  if (Number.isInteger(status) && status >= 200 && status <= 599) return status
  throw toFault(`The status must be a number from 200 to 599; received ${String(value)}`)
}

function toEnvelopeBody(value: Envelope): { payload: unknown; contentType: string | undefined } {
  const isBase64 =
    value['is_base64'] === true || value['isBase64'] === true || value['isBase64Encoded'] === true
  const encoded = value['body_base64'] ?? (isBase64 ? value['body'] : undefined)
  if (encoded === undefined || encoded === null) return toPayload(value['body'])
  if (typeof encoded !== 'string' || !BASE64.test(encoded))
    throw toFault('The body that is marked as base64 is none')
  return { payload: Buffer.from(encoded, 'base64'), contentType: BYTES }
}

const BASE64 = /^[A-Za-z0-9+/_\s-]*={0,2}\s*$/

function toFault(message: string): TreewayError {
  return new TreewayError('TREEWAY_ANSWER_INVALID', `${message}.`)
}

function toPayload(body: unknown): { payload: unknown; contentType: string | undefined } {
  if (body === undefined || body === null) return { payload: '', contentType: undefined }
  if (typeof body === 'string') return { payload: body, contentType: looksLikeHtml(body) ? HTML : TEXT }
  if (typeof body !== 'object') return toPrimitivePayload(body)
  if (body instanceof Uint8Array) return { payload: toBuffer(body), contentType: BYTES }
  if (body instanceof ArrayBuffer) return { payload: Buffer.from(body), contentType: BYTES }
  if (body instanceof Readable || body instanceof ReadableStream) return { payload: body, contentType: BYTES }
  if (!Array.isArray(body) && (Symbol.asyncIterator in body || Symbol.iterator in body)) {
    return { payload: toStream(body as AsyncIterable<unknown>), contentType: TEXT }
  }
  // Objects are JSON for Fastify too; whoever names the type twice pays for it twice.
  return { payload: body, contentType: undefined }
}

function toPrimitivePayload(body: unknown): { payload: string; contentType: string } {
  if (typeof body === 'boolean') return { payload: String(body), contentType: JSON_TYPE }
  if (typeof body !== 'function' && typeof body !== 'symbol')
    return { payload: String(body), contentType: TEXT }
  throw toFault(`A handler can not answer with a ${typeof body}`)
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
  const { headers: given, multiValueHeaders: lists, cookies } = value
  if (given === undefined && lists === undefined && cookies === undefined) return undefined
  const headers: Record<string, string | string[]> = {}
  for (const [name, item] of [...listHeaders(given), ...listHeaders(lists)]) {
    if (item !== undefined && item !== null) headers[name] = toHeaderValue(name, item)
  }
  if (cookies !== undefined) headers['set-cookie'] = toHeaderValue('set-cookie', cookies)
  return headers
}

function listHeaders(value: unknown): [string, unknown][] {
  if (value === undefined || value === null) return []
  if (isRecord(value)) return Object.entries(value)
  throw toFault('The headers must be an object of names and values')
}

/** RFC 9110, section 5: what is outside these sets could end the header and begin something else. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

function toHeaderValue(name: string, item: unknown): string | string[] {
  if (!HEADER_NAME.test(name)) throw toFault(`"${name}" is no name of a header`)
  if (Array.isArray(item)) return item.map((one) => toHeaderText(name, one))
  return toHeaderText(name, item)
}

function toHeaderText(name: string, item: unknown): string {
  const text = typeof item === 'object' ? undefined : String(item)
  if (text !== undefined && HEADER_VALUE.test(text)) return text
  throw toFault(`The header "${name}" has a value that can not be sent`)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null
}

function looksLikeHtml(text: string): boolean {
  return /^\s*<(?:!doctype html|html)[\s>]/i.test(text)
}
