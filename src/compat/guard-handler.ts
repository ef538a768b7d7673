import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import { TreewayError } from '../errors.ts'
import { isThenable } from './is-thenable.ts'
import { linkReply } from './request-fields.ts'
import { hasBegun } from './send-guard.ts'

/** A handler that does not run once a hook has answered, with `request.reply` set. */
export function guardHandler(handler: RouteHandlerMethod): RouteHandlerMethod {
  return function runHandler(this: FastifyInstance, request: FastifyRequest, reply: FastifyReply) {
    if (hasBegun(reply)) return undefined
    linkReply(request, reply)
    return handler.call(this, request, reply)
  }
}

/**
 * The promise rule of the v1 page: a promise that resolves with undefined is no answer, so the request waits for a late
 * `reply.send()` and an error is logged. (Fastify 4 and 5 answer with an empty body.)
 */
export function guardOldHandler(handler: RouteHandlerMethod): RouteHandlerMethod {
  const guarded = guardHandler(handler)
  return function runHandler(this: FastifyInstance, request: FastifyRequest, reply: FastifyReply) {
    const result: unknown = guarded.call(this, request, reply)
    if (result === reply || !isThenable(result)) return result
    return result.then((value: unknown) => {
      if (value !== undefined || hasBegun(reply) || reply.statusCode === 204) return value
      reply.log.error(
        new TreewayError('TREEWAY_ANSWER_MISSING', `${request.method} ${request.url} resolved with undefined`)
      )
      return reply
    })
  }
}
