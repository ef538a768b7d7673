import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  HookHandlerDoneFunction,
  onRequestHookHandler,
  onSendHookHandler
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
import { createCover } from './middleware-cover.ts'
import type { MiddlewareCover } from './middleware-cover.ts'
import { needsNoHooks, runsInHandler, wrapping } from './middleware-direct.ts'
import { rewriteRequest } from './middleware-rewrite.ts'
import type { Project } from './project.ts'
import { MiddlewareVisit } from './middleware-visit.ts'

/**
 * `_middleware` files wrap everything below their URL: routes of every style and language, routes that a plugin
 * registered, static files, 404s. They are run as hooks: `onRequest` runs them up to the innermost `next()`, which lets
 * Fastify go on; `onSend` hands what came of it back, and sends what they made of it. Undefined where the tree has none.
 */
export function registerMiddleware(app: FastifyInstance, project: Project): MiddlewareCover | undefined {
  if (project.table.middlewares.length === 0) return undefined
  const entrance = createEntrance(app, project)
  const cover = createCover(app, [
    ['onRequest', entrance],
    ['preParsing', keepBody],
    ['onError', keepError],
    ['onSend', leaveMiddleware]
  ])
  // What plugins and other people's apps do is only seen when it is done.
  if (!needsNoHooks(project)) cover.add(app)
  return cover
}

function createEntrance(app: FastifyInstance, project: Project): onRequestHookHandler {
  const { ignoresCase, toPath } = createRouterView(app)
  const chain = createChainParts(project)
  return function enterMiddleware(request, reply, done) {
    if (request[wrapping] !== undefined || runsInHandler(request)) return done()
    const steps = project.middleware.listSteps(request.method, toPath(request), ignoresCase)
    if (steps.length === 0) return done()
    enter({ request, reply, steps, chain, done })
  }
}

function keepError(request: FastifyRequest, _reply: FastifyReply, error: unknown, done: () => void): void {
  request[wrapping]?.keepError(error)
  done()
}

// oxlint-disable-next-line max-params
const leaveMiddleware: onSendHookHandler<unknown> = function leaveMiddleware(request, reply, payload, done) {
  const visit = request[wrapping]
  if (visit === undefined) return done(null, payload)
  request[wrapping] = undefined
  visit.leave(reply, payload, done)
}

function createChainParts({ services }: Project): ChainParts {
  const { fetchAsset, waitUntil } = services
  return { env: createContextEnv(services), waitUntil, fallback: ({ toStep }) => fetchAsset(toStep()) }
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
