import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { createLightRequest, toNativeInit, toNativeInput } from './light-request.ts'
import { SharedBody, toSharedBody } from './shared-body.ts'

/** The request of a chain: each step gets one whose body it can read, whatever the others read. */
export interface ChainRequests {
  toStep(): Request
  /** Set where a step gave `next()` another request: what came from the client no longer counts. */
  readonly given?: GivenRequest
}

/** A request that `next()` was given. */
export interface GivenRequest {
  readonly request: Request
  readonly body: SharedBody | undefined
}

/** The client's request, for the steps of a chain. One without a body can be the same for all of them. */
export function createChainRequests(
  request: FastifyRequest,
  reply: FastifyReply,
  limits: { readonly maxBodyBytes: number; readonly isAlone: boolean }
): ChainRequests {
  const { method } = request.raw
  if (method !== 'GET' && method !== 'HEAD' && !limits.isAlone) {
    toSharedBody(request)
    return { toStep: () => createLightRequest(request, reply, limits.maxBodyBytes) }
  }
  const only = createLightRequest(request, reply, limits.maxBodyBytes)
  return { toStep: () => only }
}

/** As on Pages: a URL starts a fresh GET, and only a Request carries method, headers and body along. */
export function toNextRequests(
  current: Request,
  input: RequestInfo | URL,
  init: RequestInit | undefined
): ChainRequests {
  const request = toGiven(current, input, init)
  if (!request.body) return { toStep: () => request, given: { request, body: undefined } }
  const body = new SharedBody(Readable.fromWeb(request.body as Parameters<typeof Readable.fromWeb>[0]))
  return { toStep: () => toCopy(request, body), given: { request, body } }
}

function toGiven(current: Request, input: RequestInfo | URL, init: RequestInit | undefined): Request {
  if (input instanceof Request) {
    return init === undefined ? input : new Request(toNativeInput(input), toNativeInit(input, init))
  }
  return new Request(new URL(input, current.url), init)
}

function toCopy({ url, method, headers, signal, redirect }: Request, body: SharedBody): Request {
  const init = { method, headers, signal, redirect, body: body.toWebStream(Infinity), duplex: 'half' }
  return new RequestCopy(url, init as RequestInit, body)
}

/** One of several requests with one body: who reads it whole leaves it to the others. */
class RequestCopy extends Request {
  readonly #shared: SharedBody

  constructor(url: string, init: RequestInit, shared: SharedBody) {
    super(url, init)
    this.#shared = shared
  }

  override clone(): Request {
    this.#shared.keep()
    return super.clone()
  }

  override text(): Promise<string> {
    this.#shared.keep()
    return super.text()
  }

  override json(): Promise<unknown> {
    this.#shared.keep()
    return super.json()
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    this.#shared.keep()
    return super.arrayBuffer()
  }

  override blob(): Promise<Blob> {
    this.#shared.keep()
    return super.blob()
  }

  override formData(): Promise<FormData> {
    this.#shared.keep()
    return super.formData()
  }
}
