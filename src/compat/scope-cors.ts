import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import {
  sendPreflight,
  setCorsHeaders,
  toCorsPolicy,
  type CorsPolicy,
  type CorsSetting
} from './cors-policy.ts'
import {
  readNearest,
  readPreflightOwner,
  sendNoPreflight,
  setNearest,
  toPreflightConfig
} from './cors-scope.ts'
import { weak } from './weaker-routes.ts'

type Route = RouteOptions & { cors?: CorsSetting; routePath?: string }

/** What a preflight for one URL is answered from: the method it asks for, else the scope the URL is in. */
interface UrlPolicies {
  readonly byMethod: Map<string, CorsPolicy>
  readonly scope: FastifyInstance
}

/** Adds `setScopeCORS(setting)` to every context: it holds there and below, until an inner scope or route says else. */
export function registerScopeCors(app: FastifyInstance): void {
  app.decorate('setScopeCORS', function setScopeCORS(this: FastifyInstance, setting: CorsSetting = true) {
    const policy = toCorsPolicy(setting)
    setNearest(this, policy)
    this.addHook('onRequest', async function setScopeHeaders(request, reply) {
      if (readNearest(request.server) !== policy) return undefined
      const owner = readPreflightOwner(request)
      if (owner === undefined || owner === policy) await setCorsHeaders(policy, request, reply)
      // in the hook, so that a guard registered after it does not refuse preflights, which carry no credentials
      return owner === policy ? sendPreflight(policy, request, reply) : undefined
    })
    registerScopePreflights(this, policy)
  })
}

function registerScopePreflights(context: FastifyInstance, policy: CorsPolicy): void {
  const paths = context.prefix === '' ? ['/*'] : ['', '/*']
  const taken = paths.filter((path) => context.hasRoute({ method: 'OPTIONS', url: toUrl(context, path) }))
  for (const path of paths) if (!taken.includes(path)) context.route(toPreflightRoute(policy, path))
  // an outer scope without a prefix between has these URLs: one route for each URL of this scope wins over it
  if (taken.length > 0) {
    context.addHook('onRoute', function addScopePreflight(route) {
      if (route.method === 'OPTIONS' || readNearest(this) !== policy) return
      if (this.hasRoute({ method: 'OPTIONS', url: route.url })) return
      this.route(toPreflightRoute(policy, route.routePath || '/'))
    })
  }
}

function toPreflightRoute(policy: CorsPolicy, url: string): RouteOptions {
  const route: Route & { [weak]: 'preflight' } = {
    method: 'OPTIONS',
    url,
    config: toPreflightConfig(policy),
    schema: { hide: true } as NonNullable<Route['schema']>,
    handler: sendNoPreflight,
    [weak]: 'preflight'
  }
  return route
}

function toUrl({ prefix }: FastifyInstance, path: string): string {
  return prefix.endsWith('/') && path.startsWith('/') ? prefix + path.slice(1) : prefix + path
}

/** The option `cors` of a route; returns what adapts one. */
export function createRouteCors(app: FastifyInstance): (context: FastifyInstance, route: Route) => void {
  const urls = new Map<string, UrlPolicies>()
  return function adaptRouteCors(context, route) {
    if (route.cors === undefined) return
    const policy = toCorsPolicy(route.cors)
    route.onRequest = [createRouteHook(policy), ...[route.onRequest ?? []].flat()]
    const key = `${route.url} ${String(route.constraints?.host)}`
    const known = urls.get(key)
    const policies = known ?? { byMethod: new Map(), scope: context }
    for (const method of [route.method].flat()) policies.byMethod.set(method, policy)
    if (known !== undefined) return
    urls.set(key, policies)
    registerUrlPreflight(app, route, policies)
  }
}

function createRouteHook(policy: CorsPolicy) {
  return async function setRouteHeaders(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await setCorsHeaders(policy, request, reply)
  }
}

/** On the root, so that the scope's guards do not refuse a preflight. */
function registerUrlPreflight(app: FastifyInstance, route: Route, policies: UrlPolicies): void {
  if (app.hasRoute({ method: 'OPTIONS', url: route.url })) return
  const host = route.constraints?.host
  const preflight: RouteOptions = {
    ...toPreflightRoute(toCorsPolicy(false), route.url),
    config: toPreflightConfig(policies),
    handler: async function answerPreflight(request, reply) {
      const policy = readPolicy(policies, request)
      if (policy === undefined) return reply.callNotFound()
      await setCorsHeaders(policy, request, reply)
      return sendPreflight(policy, request, reply)
    }
  }
  if (host !== undefined) preflight.constraints = { host }
  app.route(preflight)
}

function readPolicy({ byMethod, scope }: UrlPolicies, request: FastifyRequest): CorsPolicy | undefined {
  const asked = byMethod.get(String(request.headers['access-control-request-method']))
  if (asked !== undefined) return asked
  const nearest = readNearest(scope)
  return nearest !== undefined && 'preflightHeaders' in nearest ? (nearest as CorsPolicy) : undefined
}
