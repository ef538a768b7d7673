import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createChainRequests } from '../handlers/chain-request.ts'
import { createContextEnv } from '../handlers/context.ts'
import { runChain } from '../handlers/context-chain.ts'
import { sendResponse } from '../handlers/send-response.ts'
import { MAX_WEB_BODY_BYTES } from '../handlers/web.ts'
import { toPathname } from '../routes/request-path.ts'
import { isUncovered } from './middleware-direct.ts'
import type { Project } from './project.ts'

/**
 * Fastify refuses some requests before it asks the handler, which would run the middleware: for those it runs here, and
 * `next()` throws the refusal. Every other error goes to the handler that `instance` has already.
 */
export function coverRefusals(instance: FastifyInstance, { services, middleware }: Project): void {
  const { waitUntil } = services
  const env = createContextEnv(services)
  const handleError = instance.errorHandler

  function runInside(error: FastifyError, request: FastifyRequest, reply: FastifyReply): Promise<Response> {
    const steps = middleware.listSteps(request.method, toPathname(request.url), true)
    const requests = createChainRequests(request, reply, { maxBodyBytes: MAX_WEB_BODY_BYTES, isAlone: false })
    const fallback = (): Promise<Response> => Promise.reject(error)
    return Promise.resolve(runChain({ steps, env, waitUntil, fallback }, requests))
  }

  instance.setErrorHandler(function refuseInside(error: FastifyError, request, reply) {
    if (!isUncovered(request) || !isRefusal(error)) return handleError.call(this, error, request, reply)
    runInside(error, request, reply).then(
      (response) => sendResponse(reply.code(response.status), response),
      (reason: FastifyError) => handleError.call(this, reason, request, reply)
    )
    return undefined
  })
}

/** A content type that is none, and QUERY without one. */
function isRefusal({ code }: FastifyError): boolean {
  return code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || code === 'FST_ERR_ROUTE_MISSING_CONTENT_TYPE'
}
