import type { FastifyReply, FastifyRequest } from 'fastify'
import { isParsed, settleBody } from './body-modes.ts'
import { LazyNodeRequest } from './lazy-request.ts'
import type { RequestParts } from './lazy-request.ts'
import { sharedBody } from './shared-body.ts'
import type { SharedBody } from './shared-body.ts'
import { ValidatedRequest } from './validated-request.ts'

/** The Web `Request` of a Fastify request: nothing is read or copied until the handler asks for it. */
export function createLightRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  maxBodyBytes: number
): Request {
  const shared = request[sharedBody]
  const parts = { req: request.raw, res: reply.raw, maxRequestBodySize: maxBodyBytes }
  if (request[isParsed]) {
    if (shared === undefined) return new ValidatedRequest(parts, request)
    settleBody(request)
  }
  // A body that was read for its schema lies at the raw request, where srvx looks for it.
  return shared === undefined || 'rawBody' in request.raw
    ? new LazyNodeRequest(parts)
    : new SharedRequest(parts, shared)
}

/**
 * One of several views of a request: each has its own headers and body to read, and what the views have in common is
 * the body's bytes, which come from the client only once.
 */
class SharedRequest extends LazyNodeRequest {
  readonly #shared: SharedBody
  readonly #maxBytes: number
  #stream: ReadableStream<Uint8Array> | null | undefined
  #native: Request | undefined
  #isRead = false

  constructor(parts: RequestParts, shared: SharedBody) {
    super(parts)
    this.#shared = shared
    this.#maxBytes = parts.maxRequestBodySize
  }

  override get _request(): Request {
    return (this.#native ??= super._request)
  }

  override get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this.#native) return this.#native.body
    if (this.#stream === undefined) this.#stream = this.#toStream()
    return this.#stream as ReadableStream<Uint8Array<ArrayBuffer>> | null
  }

  override get bodyUsed(): boolean {
    return this.#isRead || (this.#native?.bodyUsed ?? this.#stream?.locked === true)
  }

  /** Who copies a request reads it whole, and leaves the body to others. */
  override clone(): Request {
    this.#shared.keep()
    return super.clone()
  }

  override async text(): Promise<string> {
    return (await this.#read()).toString()
  }

  override async json(): Promise<unknown> {
    return JSON.parse((await this.#read()).toString())
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.#readNative((native) => native.arrayBuffer())
  }

  override blob(): Promise<Blob> {
    return this.#readNative((native) => native.blob())
  }

  override formData(): Promise<FormData> {
    return this.#readNative((native) => native.formData())
  }

  override bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#readNative(async (native) => new Uint8Array(await native.arrayBuffer()))
  }

  #toStream(): ReadableStream<Uint8Array> | null {
    return this.#hasBody() && !this.#isRead ? this.#shared.toWebStream(this.#maxBytes) : null
  }

  #hasBody(): boolean {
    return this.method !== 'GET' && this.method !== 'HEAD'
  }

  async #read(): Promise<Buffer> {
    if (this.bodyUsed) throw toBodyUsed()
    if (!this.#hasBody()) return Buffer.alloc(0)
    if (this.#native || this.#stream) return Buffer.from(await this._request.arrayBuffer())
    this.#isRead = true
    return this.#shared.read(this.#maxBytes)
  }

  async #readNative<T>(read: (native: Request) => Promise<T>): Promise<T> {
    if (this.bodyUsed) throw toBodyUsed()
    if (!this.#stream) this.#shared.keep()
    return read(this._request)
  }
}

function toBodyUsed(): TypeError {
  return new TypeError('Body is unusable: Body has already been read')
}

const NativeRequest = globalThis.Request

/**
 * The `Request` that handler files get, so that `new Request(request, { headers })` works with a light one: Node's own
 * constructor would look for private state that a light request only has once it is asked.
 */
export const ScopedRequest = class Request extends NativeRequest {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(toNativeInput(input), toNativeInit(input, init))
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof NativeRequest
  }
}

/** What Node's own constructors can take: a light request's real one. */
export function toNativeInput(input: RequestInfo | URL): RequestInfo | URL {
  if (typeof input === 'object' && '_request' in input)
    return (input as { _request: globalThis.Request })._request
  return input
}

/** And what goes with it: of redirects only the light request knows. */
export function toNativeInit(
  input: RequestInfo | URL,
  init: RequestInit | undefined
): RequestInit | undefined {
  return input instanceof LazyNodeRequest ? { redirect: input.redirect, ...init } : init
}

/** The `fetch` that handler files get: `fetch(context.request)` hands the client's request on. */
export const scopedFetch: typeof fetch = async function fetch(input, init) {
  return toDecoded(
    await globalThis.fetch(
      toNativeInput(input as RequestInfo | URL),
      toNativeInit(input as RequestInfo | URL, init)
    )
  )
}

/**
 * Node has decoded a body that came compressed; its headers still say so, and a client that got both would decode it
 * again. The response stays Node's own: it has the URL it came from.
 */
function toDecoded(response: Response): Response {
  if (response.body === null || !response.headers.has('content-encoding')) return response
  const headers = new Headers(response.headers)
  headers.delete('content-encoding')
  headers.delete('content-length')
  return Object.defineProperty(response, 'headers', { value: headers })
}
