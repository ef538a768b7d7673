import type { FastifyReply, FastifyRequest } from 'fastify'
import { NodeRequest } from 'srvx/node'

/** The Web `Request` of a Fastify request: nothing is read or copied until the handler asks for it. */
export function createLightRequest(request: FastifyRequest, reply: FastifyReply, maxBodyBytes: number): Request {
  return new NodeRequest({ req: request.raw, res: reply.raw, maxRequestBodySize: maxBodyBytes })
}

const NativeRequest = globalThis.Request

/**
 * The `Request` that handler files get, so that `new Request(request, { headers })` works with a light one: Node's own
 * constructor would look for private state that a light request only has once it is asked.
 */
export const ScopedRequest = class Request extends NativeRequest {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(toNative(input), init)
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof NativeRequest
  }
}

function toNative(input: RequestInfo | URL): RequestInfo | URL {
  if (typeof input === 'object' && '_request' in input) return (input as { _request: globalThis.Request })._request
  return input
}
