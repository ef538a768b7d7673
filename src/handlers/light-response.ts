import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import { createBodyStream, isInMemory, isWhole, toStreamed } from './body-stream.ts'
import type { BodyStream } from './body-stream.ts'
import { hasType, toHeaderList, toHeaders } from './header-list.ts'
import type { HeaderList } from './header-list.ts'

const NativeResponse = globalThis.Response

/** What a light response holds until someone needs a real one. */
interface Parts {
  readonly status: number
  readonly statusText: string
  /** Name in lower case, value, name, value ...; what counts until `headers` is there. */
  readonly list: HeaderList
  /** Where the headers lie elsewhere, and are gathered when they are read. */
  readonly readHeaders: (() => Headers) | undefined
  headers: Headers | undefined
  body: unknown
  /** The text or the bytes of `body`, for who reads them as a stream. */
  stream: BodyStream | undefined
  native: Response | undefined
}

let toParts: (response: object) => Parts | undefined = () => undefined

/**
 * An `instanceof Response` that does not build Node's own until someone reads its body. Measured, Node's own costs two
 * thirds of a hello's throughput.
 */
class LightResponseClass {
  readonly #parts: Parts

  static {
    toParts = (response) => (#parts in response ? response.#parts : undefined)
  }

  static [Symbol.hasInstance](this: object, value: unknown): boolean {
    // A class of the user's that extends it has instances of its own.
    if (this === LightResponseClass) return value instanceof NativeResponse
    return Object.prototype.isPrototypeOf.call((this as { prototype: object }).prototype, value as object)
  }

  /** @throws TypeError for a value that is no JSON. */
  static json(data: unknown, init?: ResponseInit): LightResponseClass {
    const text: unknown = JSON.stringify(data)
    if (text === undefined) throw new TypeError('Value is not JSON serializable')
    return new LightResponseClass(text, init, 'application/json')
  }

  /** As Node's own does it. @throws RangeError for a status that is none; TypeError for a body where none can be. */
  constructor(given?: unknown, init?: LightInit, type = toDefaultType(given)) {
    const { status = 200, statusText = '', readHeaders } = init ?? NO_INIT
    const body = given instanceof ReadableStream ? toStreamed(given) : given
    this.#parts = {
      // What Fastify is about to send has Fastify's word for it.
      status: status === 200 || readHeaders ? status : toStatus(status, body),
      statusText: String(statusText),
      list: readHeaders ? [] : toList(init, type),
      readHeaders,
      headers: undefined,
      body: body ?? null,
      stream: undefined,
      native: undefined
    }
  }

  get status(): number {
    return this.#parts.status
  }

  get statusText(): string {
    return this.#parts.statusText
  }

  get ok(): boolean {
    const { status } = this.#parts
    return status >= 200 && status < 300
  }

  get headers(): Headers {
    return readHeaders(this.#parts)
  }

  get body(): ReadableStream<Uint8Array> | null {
    return toBody(this.#parts)
  }

  get bodyUsed(): boolean {
    const { native, stream } = this.#parts
    return native?.bodyUsed ?? stream?.isRead ?? false
  }

  get redirected(): boolean {
    return false
  }

  get type(): ResponseType {
    return 'default'
  }

  get url(): string {
    return ''
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return await toNative(this.#parts).arrayBuffer()
  }

  async blob(): Promise<Blob> {
    return await toNative(this.#parts).blob()
  }

  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await toNative(this.#parts).arrayBuffer())
  }

  clone(): Response {
    return toNative(this.#parts).clone()
  }

  async formData(): Promise<FormData> {
    return await toNative(this.#parts).formData()
  }

  async json(): Promise<unknown> {
    return await toNative(this.#parts).json()
  }

  async text(): Promise<string> {
    return await toNative(this.#parts).text()
  }

  [inspect.custom](_depth: number, options: object, print: typeof inspect): string {
    const { status, statusText, headers, bodyUsed } = this
    return `Response ${print({ status, statusText, headers, bodyUsed }, options)}`
  }
}

interface LightInit extends ResponseInit {
  readonly readHeaders?: () => Headers
}

const NO_INIT: LightInit = {}

Object.setPrototypeOf(LightResponseClass, NativeResponse)
Object.setPrototypeOf(LightResponseClass.prototype, NativeResponse.prototype)
Object.defineProperty(LightResponseClass, 'name', { value: 'Response' })

/** The `Response` that handler files get. */
export const LightResponse = LightResponseClass as unknown as typeof Response

/** A response around a body that lies elsewhere: its headers are gathered when someone reads them. */
export function createLazyResponse(body: unknown, status: number, read: () => Headers): Response {
  return new LightResponseClass(body, { status, readHeaders: read }) as unknown as Response
}

/** Whether anybody looked at the headers or the body of a light response. */
export function isRead(response: Response, part: 'headers' | 'body'): boolean {
  const parts = toParts(response)
  if (part === 'body') return (parts?.native ?? parts?.stream) !== undefined
  return (parts?.headers ?? parts?.native ?? parts?.stream) !== undefined
}

/** A light response, taken apart: nothing of it goes through a stream that need not. */
export interface TakenResponse {
  readonly status: number
  readonly statusText: string
  /** Name, value, name, value ... */
  readonly headers: HeaderList
  /** Text, bytes, a stream of Node's or a Web stream; null without one. */
  readonly body: unknown
  /** In bytes, where the body does not say it itself. */
  readonly length: number | undefined
}

/** Takes a light response apart; undefined for one of Node's own. The response can not be used afterwards. */
export function takeResponse(response: Response): TakenResponse | undefined {
  const parts = toParts(response)
  if (parts === undefined) return undefined
  const { status, statusText, list } = parts
  const body = parts.native === undefined ? toSendable(parts) : parts.native.body
  const length = parts.body instanceof Blob ? parts.body.size : undefined
  const headers = parts.headers ?? parts.readHeaders?.()
  return { status, statusText, headers: headers === undefined ? list : toHeaderList(headers), body, length }
}

/** A response whose headers can be changed: one that came from `fetch` or `Response.redirect` can not. */
export function toMutableResponse(response: Response): Response {
  if (toParts(response)) return response
  // Response.error() has the status 0: it is for fetch to give, not for a client to get, and refused here.
  const { status, statusText } = response
  return new LightResponse(response.body, { status, statusText, headers: response.headers })
}

/** What Fastify can send as it is; anything else becomes the stream that Node makes of it. */
function toSendable(parts: Parts): unknown {
  const { body, stream } = parts
  if (stream && !isWhole(stream)) return stream.readable
  if (body === null || typeof body === 'string') return body
  if (body instanceof Uint8Array || body instanceof ReadableStream || body instanceof Readable) return body
  if (body instanceof ArrayBuffer) return Buffer.from(body)
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return toNative(parts).body
}

function toBody(parts: Parts): ReadableStream<Uint8Array> | null {
  const { body, native } = parts
  if (body === null || native || !isInMemory(body)) return body === null ? null : toNative(parts).body
  parts.stream ??= createBodyStream(body)
  return parts.stream.readable
}

/** `new Response(response.body, response)` copies the headers of one of ours without a `Headers` in between. */
function toList(init: LightInit | undefined, type: string | undefined): HeaderList {
  const copied = init && toParts(init)
  if (!copied || copied.headers || copied.readHeaders) return toHeaderList(init?.headers, type)
  return type === undefined || hasType(copied.list) ? copied.list : [...copied.list, 'content-type', type]
}

function readHeaders(parts: Parts): Headers {
  return (parts.headers ??= parts.readHeaders?.() ?? toHeaders(parts.list))
}

function toNative(parts: Parts): Response {
  if (parts.native) return parts.native
  const { status, statusText, stream } = parts
  const body = stream?.readable ?? (parts.body as BodyInit | null)
  parts.native = new NativeResponse(body, {
    status,
    statusText,
    headers: readHeaders(parts)
  })
  // From now on there is one list of headers, with what Node knows of the body: a boundary, say.
  parts.headers = parts.native.headers
  return parts.native
}

/** Whose own words Node would use, for the bodies that are sent without it. */
function toDefaultType(body: unknown): string | undefined {
  if (typeof body === 'string') return 'text/plain;charset=UTF-8'
  return undefined
}

const BODYLESS = new Set([204, 205, 304])

function toStatus(given: number, body: unknown): number {
  const status = Math.trunc(Number(given))
  if (!(status >= 200 && status <= 599))
    throw new RangeError(`The status must be a number from 200 to 599; received ${String(given)}.`)
  if (BODYLESS.has(status) && body !== undefined && body !== null && body !== '')
    throw new TypeError(`A response with status ${status} can not have a body.`)
  return status
}
