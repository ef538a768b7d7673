import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Overridable } from './overridable.ts'

const replyOf = Symbol('treeway.reply')

interface LinkedRequest extends FastifyRequest {
  [replyOf]?: FastifyReply
}

/** Called by every wrapped hook and handler, so that `request.reply` costs no hook of its own. */
export function linkReply(request: FastifyRequest, reply: FastifyReply): void {
  const linked: LinkedRequest = request
  linked[replyOf] = reply
}

/**
 * `request.path`, `request.reply` and `request.request` (so that `({ request, reply }) => ...` works as a first
 * argument), and `context` of request and reply, with `config` and `schema`, as before Fastify 5.
 */
export function registerRequestFields(overridable: Overridable): void {
  overridable.requestGetter('path', function path() {
    const { url } = this as FastifyRequest
    const end = url.search(/[?#;]/)
    return end === -1 ? url : url.slice(0, end)
  })
  overridable.requestGetter('reply', function reply() {
    return (this as LinkedRequest)[replyOf]
  })
  overridable.requestGetter('request', function request() {
    return this
  })
  overridable.requestGetter('context', readContext)
  overridable.replyGetter('context', readContext)
}

function readContext(this: object): unknown {
  return (this as FastifyRequest | FastifyReply).routeOptions
}
