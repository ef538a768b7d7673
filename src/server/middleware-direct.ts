import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ChainStep } from '../handlers/context-chain.ts'
import type { Route } from '../routes/route.ts'
import { toPathname } from '../routes/request-path.ts'
import type { MiddlewareVisit } from './middleware-visit.ts'
import type { Project } from './project.ts'

/** On requests that went through the middleware as hooks and are inside it. */
export const wrapping = Symbol('treeway.wrapping')

/** On the server of routes that run their middleware in the handler. */
const direct = Symbol('treeway.directMiddleware')

declare module 'fastify' {
  interface FastifyRequest {
    [wrapping]?: MiddlewareVisit | undefined
  }
  interface FastifyInstance {
    [direct]?: DirectState
  }
}

/** Known when every plugin of the tree had its say. */
interface DirectState {
  readonly isActive: boolean
  /** The context has the hooks of the middleware, for what does not run in the handler. */
  readonly isCovered: boolean
}

/** No plugin stands between the middleware and the routes: those that are direct can do without its hooks. */
export function needsNoHooks({ ownsServer, table }: Project): boolean {
  return ownsServer && table.boot.length === 0 && table.scopes.length === 0
}

export type Around = (request: FastifyRequest) => readonly ChainStep[] | undefined

/**
 * A context route runs the middleware around it and its own functions as one chain, in its handler: no hook waits for
 * another, and no answer is taken apart and put together again. That is the same to all who look from outside as long
 * as nothing of Fastify's stands between the two, so: no plugin's hook, no route option, no limit around the handler,
 * and each middleware covers all of the route's URLs or none. Undefined for any other route: the hooks run for it.
 */
export function createAround(
  project: Project,
  route: Route,
  options: Readonly<Record<string, unknown>>
): Around | undefined {
  const { timeoutMs, maxConcurrency, allowHosts } = route.functionOptions
  const isPlain =
    route.style === 'context' &&
    Object.keys(options).length === 0 &&
    timeoutMs === undefined &&
    maxConcurrency === undefined &&
    allowHosts === undefined &&
    // The handler's own variables are none of the middleware's.
    Object.keys(route.env).length === 0
  if (!project.ownsServer || !isPlain || project.table.middlewares.length === 0) return undefined
  const listSteps = project.middleware.forRoute(route.pattern)
  if (!listSteps) return undefined
  return function around(request) {
    return runsInHandler(request) ? listSteps(request.method, toPathname(request.url)) : undefined
  }
}

/** Whether the handler runs the middleware. Hook and handler both ask, so that exactly one of them does. */
export function runsInHandler(request: FastifyRequest): boolean {
  const state = request.server[direct]
  if (state?.isActive !== true || request[wrapping] !== undefined) return false
  return !state.isCovered || hasPlainType(request)
}

/** Fastify refuses a content type that is none before the handler is asked; the middleware shall see that refusal. */
function hasPlainType({ method, raw }: FastifyRequest): boolean {
  const type = raw.headers['content-type']
  return (
    method !== 'QUERY' &&
    (type === undefined || /^[\w.+-]+\/[\w.+-]+(?:; ?[\w-]+=(?:[\w.-]+|"[\w.-]+"))*$/.test(type))
  )
}

/** Makes `instance` the server of direct routes; whether they are is known when every plugin had its say. */
export function markDirect(instance: FastifyInstance): void {
  instance[direct] = { isActive: false, isCovered: true }
}

export function isDirect(instance: FastifyInstance): boolean {
  return Object.hasOwn(instance, direct)
}

export function activateDirect(instance: FastifyInstance, isCovered: boolean): void {
  instance[direct] = { isActive: true, isCovered }
}

/** The routes of `instance` count as such whose handlers see to it, and theirs do not: no guard is asked. */
export function exemptFromMiddleware(instance: FastifyInstance): void {
  activateDirect(instance, true)
}

/** Whether a refusal of Fastify's own, before the handler is asked, passes by the middleware. */
export function isUncovered({ server }: FastifyRequest): boolean {
  return server[direct]?.isCovered === false
}
