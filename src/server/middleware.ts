import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createContextEnv, sharedData } from '../handlers/context.ts'
import { runChain } from '../handlers/context-chain.ts'
import type { Chain, ChainStep } from '../handlers/context-chain.ts'
import { createLightRequest } from '../handlers/light-request.ts'
import { sendResponse } from '../handlers/send-response.ts'
import { MAX_WEB_BODY_BYTES } from '../handlers/web.ts'
import { toPathname } from '../routes/request-path.ts'
import { keepBody, readBodyAhead } from './middleware-body.ts'
import { createMiddlewareMatcher } from './middleware-match.ts'
import { applyResponse, toReplyResponse } from './middleware-response.ts'
import { rewriteRequest } from './middleware-rewrite.ts'
import type { Project } from './project.ts'

/** A request on its way through the middleware around it. */
interface Wrapping {
  /** Gives the inner answer to whoever awaits `next()`. */
  deliver(response: Response): void
  /** Makes `next()` throw what was thrown below. */
  fail(error: unknown): void
  /** What the outermost middleware returned. */
  readonly outcome: Promise<Response>
  error?: unknown
}

const wrapping = Symbol('treeway.wrapping')

declare module 'fastify' {
  interface FastifyRequest {
    [wrapping]?: Wrapping
  }
}

/**
 * `_middleware` files wrap everything below their URL: routes of every style and language, routes that a plugin
 * registered, static files, 404s. They are run as hooks of the root: `onRequest` runs them up to the innermost
 * `next()`, which lets Fastify go on; `onSend` hands what came of it back, and sends what they made of it.
 * Registered only where the tree has a middleware.
 */
export function registerMiddleware(app: FastifyInstance, project: Project): void {
  if (project.table.middlewares.length === 0) return
  const matcher = createMiddlewareMatcher(project)
  const env = createContextEnv(project.services)
  const { waitUntil, fetchAsset } = project.services

  app.addHook('onRequest', async function enterMiddleware(request, reply) {
    const steps = matcher.listSteps(request.method, toPathname(request.url))
    if (steps.length === 0) return
    await readBodyAhead(request)
    const answer = await enter({ request, reply, steps, chain: { env, waitUntil, fallback: fetchAsset } })
    if (answer) return sendResponse(reply, answer)
  })
  app.addHook('preParsing', keepBody)
  app.addHook(
    'onError',
    async function keepError(request: FastifyRequest, _reply: FastifyReply, error: FastifyError) {
      const wrapped = request[wrapping]
      if (wrapped) wrapped.error = error
    }
  )
  app.addHook('onSend', leaveMiddleware)
}

interface Entering {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly steps: readonly ChainStep[]
  readonly chain: Omit<Chain, 'steps' | 'data'>
}

/** Runs the middleware until one answers by itself, or the innermost one calls `next()`: then undefined. */
async function enter({ request, reply, steps, chain }: Entering): Promise<Response | undefined> {
  const inner = createDeferred<Response>()
  const entered = createDeferred<void>()
  const data = { value: {} }
  const webRequest = createLightRequest(request, reply, MAX_WEB_BODY_BYTES)
  let isInside = false

  async function fallback(given: Request): Promise<Response> {
    // A second next() of the same middleware goes one step further: to the static files.
    if (isInside) return chain.fallback(given)
    isInside = true
    if (given !== webRequest) await rewriteRequest(request, given)
    entered.resolve()
    return inner.promise
  }

  const outcome = Promise.resolve(runChain({ ...chain, steps, data, fallback }, webRequest))
  // Whoever does not await next() must not end the process with an unhandled rejection.
  inner.promise.catch(() => undefined)
  outcome.catch(() => undefined)
  const first = await Promise.race([outcome, entered.promise])
  if (first instanceof Response) return first
  request[sharedData] = data
  request[wrapping] = { deliver: inner.resolve, fail: inner.reject, outcome }
  return undefined
}

/** Fastify is about to send: the middleware sees the answer, and may send another in its place. */
async function leaveMiddleware(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown
): Promise<unknown> {
  const wrapped = request[wrapping]
  if (!wrapped) return payload
  delete request[wrapping]
  const own = toReplyResponse(reply, payload)
  if (wrapped.error === undefined) wrapped.deliver(own.response)
  else wrapped.fail(wrapped.error)
  try {
    const final = await wrapped.outcome
    return applyResponse(reply, final)
  } catch (error) {
    if (error === wrapped.error) return applyResponse(reply, own.response)
    return applyFailure(request, reply, error)
  }
}

/** The middleware itself failed after the answer was made: nothing of that answer may get out. */
function applyFailure(request: FastifyRequest, reply: FastifyReply, error: unknown): string {
  request.log.error({ err: error }, 'middleware failed')
  for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name)
  reply.code(500).header('content-type', 'application/json; charset=utf-8')
  const message = `The middleware failed (request ${request.id}).`
  return JSON.stringify({
    statusCode: 500,
    code: 'TREEWAY_HANDLER_FAILED',
    error: 'Internal Server Error',
    message
  })
}

interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error: unknown): void
}

function createDeferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
