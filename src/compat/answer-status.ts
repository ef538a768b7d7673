import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import { guardHandler } from './guard-handler.ts'
import { guardRouteHooks } from './guard-hook.ts'
import { replaceMethod } from './replace-method.ts'
import { linkReply } from './request-fields.ts'

export type ErrorHandler = (
  this: FastifyInstance,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply
) => unknown

/**
 * Own not-found and error handlers that set no status answer 404 and the error's status (500 without one), not 200.
 * `reply.code(200)` still says 200. The status is set on the raw response, so that a redirect stays a 302.
 */
export function registerAnswerStatus(app: FastifyInstance): void {
  replaceMethod(app, 'setNotFoundHandler', (original) => {
    return function setNotFoundHandler(...values) {
      const [options, handler] =
        typeof values[0] === 'function' ? [{}, values[0]] : [{ ...(values[0] as object) }, values[1]]
      guardRouteHooks(options)
      return typeof handler === 'function'
        ? original.call(this, options, answerNotFound(handler as RouteHandlerMethod))
        : original.apply(this, values)
    }
  })
  replaceMethod(app, 'setErrorHandler', (original) => {
    return function setErrorHandler(handler) {
      return original.call(
        this,
        typeof handler === 'function' ? answerError(handler as ErrorHandler) : handler
      )
    }
  })
}

function answerNotFound(handler: RouteHandlerMethod): RouteHandlerMethod {
  const guarded = guardHandler(handler)
  return function runNotFoundHandler(this: FastifyInstance, request: FastifyRequest, reply: FastifyReply) {
    if (reply.raw.statusCode === 200) reply.raw.statusCode = 404
    return guarded.call(this, request, reply)
  }
}

export function answerError(handler: ErrorHandler): ErrorHandler {
  return function runErrorHandler(error, request, reply) {
    reply.raw.statusCode = toErrorStatus(error, reply.raw.statusCode)
    linkReply(request, reply)
    return handler.call(this, error, request, reply)
  }
}

/** The same choice that Fastify's own error handler makes. */
function toErrorStatus(error: unknown, current: number): number {
  const fallback = isErrorStatus(current) ? current : 500
  if (typeof error !== 'object' || error === null) return fallback
  const { statusCode, status } = error as { statusCode?: unknown; status?: unknown }
  if (isErrorStatus(statusCode)) return statusCode
  return isErrorStatus(status) ? status : fallback
}

function isErrorStatus(value: unknown): value is number {
  return typeof value === 'number' && value >= 400 && value <= 599
}
