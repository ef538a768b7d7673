import type {
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  HookHandlerDoneFunction
} from 'fastify'
import { createChainRequests } from '../handlers/chain-request.ts'
import type { ChainRequests } from '../handlers/chain-request.ts'
import { createContextEnv, sharedData } from '../handlers/context.ts'
import { runChain } from '../handlers/context-chain.ts'
import type { Chain, ChainStep } from '../handlers/context-chain.ts'
import { sendResponse } from '../handlers/send-response.ts'
import { isPromise } from '../handlers/style.ts'
import { MAX_WEB_BODY_BYTES } from '../handlers/web.ts'
import { toPathname } from '../routes/request-path.ts'
import { keepBody } from './middleware-body.ts'
import { activateDirectRoutes, runsInHandler, wrapping } from './middleware-direct.ts'
import { rewriteRequest } from './middleware-rewrite.ts'
import type { Project } from './project.ts'
import { MiddlewareVisit } from './middleware-visit.ts'

/**
 * `_middleware` files wrap everything below their URL: routes of every style and language, routes that a plugin
 * registered, static files, 404s. They are run as hooks of the root: `onRequest` runs them up to the innermost
 * `next()`, which lets Fastify go on; `onSend` hands what came of it back, and sends what they made of it.
 * Registered only where the tree has a middleware.
 */
export function registerMiddleware(app: FastifyInstance, project: Project): void {
  if (project.table.middlewares.length === 0) return
  const { ignoresCase, toPath } = createRouterView(app)
  const { fetchAsset } = project.services
  const chain: ChainParts = {
    env: createContextEnv(project.services),
    waitUntil: project.services.waitUntil,
    fallback: ({ toStep }) => fetchAsset(toStep())
  }

  app.addHook('onRequest', function enterMiddleware(request, reply, done) {
    if (runsInHandler(request)) return done()
    const steps = project.middleware.listSteps(request.method, toPath(request), ignoresCase)
    if (steps.length === 0) return done()
    enter({ request, reply, steps, chain, done })
  })
  app.addHook('preParsing', keepBody)
  app.addHook('onError', function keepError(request, _reply, error: FastifyError, done: () => void) {
    request[wrapping]?.keepError(error)
    done()
  })
  app.addHook('onSend', function leaveMiddleware(request, reply, payload, done) {
    const visit = request[wrapping]
    if (visit === undefined) return done(null, payload)
    request[wrapping] = undefined
    visit.leave(reply, payload, done)
  })
  activateDirectRoutes(app)
}

type ChainParts = Pick<Chain, 'env' | 'waitUntil' | 'fallback'>

interface Entering {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly steps: readonly ChainStep[]
  readonly chain: ChainParts
  /** Lets Fastify go on; never called where a middleware answers by itself. */
  readonly done: HookHandlerDoneFunction
}

/**
 * Runs the middleware until one answers by itself, or the innermost one calls `next()`. Fastify goes on inside that
 * call, so what a middleware keeps in an AsyncLocalStorage is there for the handler.
 */
function enter({ request, reply, steps, chain, done }: Entering): void {
  const visit = new MiddlewareVisit(request)
  const data = { value: {} }
  let isOver = false

  function fallback(requests: ChainRequests): Promise<Response> {
    // A second next() of the same middleware goes one step further: to the static files.
    if (request[sharedData] === data) return chain.fallback(requests)
    if (isOver) return Promise.reject(new Error('next() was called after the middleware had answered.'))
    if (requests.given) rewriteRequest(request, requests.given)
    request[sharedData] = data
    request[wrapping] = visit
    visit.watchConnection(reply)
    done()
    return visit.inner
  }

  function settle(response: Response): void {
    isOver = true
    if (request[sharedData] === data) visit.succeed(response)
    else sendResponse(reply, response)
  }

  function fail(error: unknown): void {
    if (error instanceof Response) return settle(error)
    isOver = true
    if (request[sharedData] === data) visit.fail(error)
    else reply.send(error instanceof Error ? error : new Error(String(error)))
  }

  const requests = createChainRequests(request, reply, { maxBodyBytes: MAX_WEB_BODY_BYTES, isAlone: false })
  const answer = runChain({ ...chain, steps, data, fallback }, requests)
  if (isPromise(answer)) answer.then(settle).catch(fail)
  else settle(answer)
}

interface RouterView {
  readonly ignoresCase: boolean
  readonly toPath: (request: FastifyRequest) => string
}

/** Of the router's options, those that give a path another spelling. */
interface RouterOptions {
  readonly caseSensitive?: boolean
  readonly useSemicolonDelimiter?: boolean
}

/** Paths as the router reads them: no spelling that it lets through may slip past a middleware. */
function createRouterView(app: FastifyInstance): RouterView {
  const { initialConfig } = app
  const options: RouterOptions = initialConfig.routerOptions ?? {}
  const ignoresCase = options.caseSensitive === false || initialConfig.caseSensitive === false
  if (options.useSemicolonDelimiter !== true && initialConfig.useSemicolonDelimiter !== true)
    return { ignoresCase, toPath: (request) => toPathname(request.url) }
  return { ignoresCase, toPath: (request) => toPathname(request.url).replace(/;.*/s, '') }
}
