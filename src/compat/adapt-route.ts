import type { FastifyInstance, RouteOptions } from 'fastify'
import { answerError, type ErrorHandler } from './answer-status.ts'
import { guardHandler, guardOldHandler } from './guard-handler.ts'
import { guardRouteHooks } from './guard-hook.ts'
import { createRouteCors } from './scope-cors.ts'
import { adaptSchema } from './schema-shorthand.ts'
import { adaptVersion } from './version-strategy.ts'
import type { WeakerRoutes } from './weaker-routes.ts'

export interface RouteAdapterOptions {
  readonly weaker: WeakerRoutes
  /** The promise rule of the v1 page. */
  readonly isOldDialect: boolean
}

/** Everything about a route is decided here, once, before Fastify reads the route. Also for the HEAD beside a GET. */
export function registerRouteAdapter(
  app: FastifyInstance,
  { weaker, isOldDialect }: RouteAdapterOptions
): void {
  const adaptRouteCors = createRouteCors(app)
  const guard = isOldDialect ? guardOldHandler : guardHandler
  app.addHook('onRoute', function adaptRoute(route) {
    weaker.adapt(this, route)
    adaptVersion(this, route)
    adaptBeforeHandler(route)
    adaptSchema(this, route)
    adaptRouteCors(this, route)
    guardRouteHooks(route)
    route.handler = guard(route.handler)
    if (route.errorHandler)
      route.errorHandler = answerError(route.errorHandler as ErrorHandler) as ErrorOption
  })
}

type ErrorOption = NonNullable<RouteOptions['errorHandler']>

/** `beforeHandler` of the v1 page ran after the preHandler hooks, just before the handler. Fastify 5 ignores it in silence. */
function adaptBeforeHandler(route: RouteOptions & { beforeHandler?: unknown }): void {
  if (route.beforeHandler === undefined) return
  route.preHandler = [route.preHandler ?? [], route.beforeHandler].flat() as NonNullable<
    RouteOptions['preHandler']
  >
}
