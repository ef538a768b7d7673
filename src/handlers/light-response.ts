import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import { toHeaderList, toHeaders } from './header-list.ts'

const NativeResponse = globalThis.Response

/** What a light response holds until someone needs a real one. */
interface Parts {
  readonly status: number
  readonly statusText: string
  /** Name in lower case, value, name, value ...; what counts until `headers` is there. */
  readonly list: readonly string[]
  /** Where the headers lie elsewhere, and are gathered when they are read. */
  readonly readHeaders: (() => Headers) | undefined
  headers: Headers | undefined
  body: unknown
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
  constructor(body?: unknown, init?: LightInit, type = toDefaultType(body)) {
    const { status = 200, statusText = '', readHeaders } = init ?? NO_INIT
    this.#parts = {
      // What Fastify is about to send has Fastify's word for it.
      status: status === 200 || readHeaders ? status : toStatus(status, body),
      statusText: String(statusText),
      list: readHeaders ? [] : toHeaderList(init?.headers, type),
      readHeaders,
      headers: undefined,
      body: body ?? null,
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
    return this.#parts.body === null ? null : toNative(this.#parts).body
  }

  get bodyUsed(): boolean {
    return this.#parts.native?.bodyUsed ?? false
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

  arrayBuffer(): Promise<ArrayBuffer> {
    return toNative(this.#parts).arrayBuffer()
  }

  blob(): Promise<Blob> {
    return toNative(this.#parts).blob()
  }

  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await toNative(this.#parts).arrayBuffer())
  }

  clone(): Response {
    return toNative(this.#parts).clone()
  }

  formData(): Promise<FormData> {
    return toNative(this.#parts).formData()
  }

  json(): Promise<unknown> {
    return toNative(this.#parts).json()
  }

  text(): Promise<string> {
    return toNative(this.#parts).text()
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
  return (part === 'body' ? parts?.native : (parts?.headers ?? parts?.native)) !== undefined
}

/** A light response, taken apart: nothing of it goes through a stream that need not. */
export interface TakenResponse {
  readonly status: number
  readonly statusText: string
  /** Name, value, name, value ... */
  readonly headers: readonly string[]
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
  const { body } = parts
  if (body === null || typeof body === 'string') return body
  if (body instanceof Uint8Array || body instanceof ReadableStream || body instanceof Readable) return body
  if (body instanceof ArrayBuffer) return Buffer.from(body)
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return toNative(parts).body
}

function readHeaders(parts: Parts): Headers {
  return (parts.headers ??= parts.readHeaders?.() ?? toHeaders(parts.list))
}

function toNative(parts: Parts): Response {
  if (parts.native) return parts.native
  const { status, statusText, body } = parts
  parts.native = new NativeResponse(body as BodyInit | null, {
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
