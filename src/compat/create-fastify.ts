import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { registerRouteAdapter } from './adapt-route.ts'
import { registerAnswerStatus } from './answer-status.ts'
import { createCorsPlugins } from './cors-plugins.ts'
import { registerHookGuard } from './guard-hook.ts'
import { registerHttpVersionCheck } from './http-version.ts'
import { registerListen } from './listen.ts'
import { registerMethods } from './methods.ts'
import { createOverridable } from './overridable.ts'
import { registerPluginMeta } from './plugin-meta.ts'
import { registerReplyView } from './reply-view.ts'
import { registerRequestFields } from './request-fields.ts'
import { registerScopeCors } from './scope-cors.ts'
import { registerSendGuard } from './send-guard.ts'
import { toServerOptions } from './server-options.ts'
import { registerSlashPrefix } from './slash-prefix.ts'
import type {} from './augment-fastify.ts'
import type { DialectOption } from './factory-types.ts'
import { WeakerRoutes } from './weaker-routes.ts'

export interface TreewayFastifyOptions extends FastifyServerOptions, DialectOption {}

/**
 * A Fastify 5 instance that also keeps what the pages of Fastify 1 to 4 promise. Nothing here runs per request but one
 * small function around each hook, handler, setter and `send`.
 *
 * @example
 * const app = createFastify({ logger: true })
 * app.get('/', { beforeHandler: authenticate }, async (request, reply) => ({ path: request.path }))
 * await app.listen(3000)
 */
export function createFastify({ dialect, ...options }: TreewayFastifyOptions = {}): FastifyInstance {
  const app = fastify(toServerOptions(options)) as unknown as FastifyInstance
  // the server
  registerHttpVersionCheck(app, options)
  registerListen(app)
  // the reply and the request
  const overridable = createOverridable(app)
  registerReplyView(overridable)
  registerSendGuard(app, overridable)
  registerRequestFields(overridable)
  // hooks, handlers and routes
  registerMethods(app)
  registerHookGuard(app)
  registerAnswerStatus(app)
  const weaker = new WeakerRoutes()
  registerRouteAdapter(app, { weaker, isOldDialect: dialect === 'fastify1' })
  weaker.registerAll(app)
  registerSlashPrefix(app)
  // plugins
  registerScopeCors(app)
  registerPluginMeta(app, createCorsPlugins(app))
  return app
}
