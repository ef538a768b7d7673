import type { FastifyInstance, RouteOptions } from 'fastify'
import { readNearest, readPreflightOwner, sendNoPreflight, setNearest } from './cors-scope.ts'
import { readMeta, readSelf, type Plugin } from './plugin-meta.ts'
import { replaceMethod, type Method } from './replace-method.ts'
import { weak } from './weaker-routes.ts'

const corsPlugins = new Set(['@fastify/cors', 'fastify-cors'])

/**
 * Lets @fastify/cors and fastify-cors be registered in a scope and again inside it, with the inner configuration winning
 * for requests and preflights. On Fastify alone the second one stops the start, and the outer hook answers every
 * preflight before the inner one is asked.
 */
export function createCorsPlugins(app: FastifyInstance): (plugin: Plugin) => Plugin {
  // set only while a CORS plugin runs, which these two do in one go
  let owner: object | undefined
  const needsRoutes = new WeakSet<object>()
  replaceMethod(app, 'addHook', (original) => {
    return function addHook(name, hook) {
      return original.call(this, name, owner === undefined ? hook : limitHook(hook as Method, owner))
    }
  })
  replaceMethod(app, 'decorateRequest', (original) => {
    return function decorateRequest(name, ...rest) {
      if (owner !== undefined && this.hasRequestDecorator(String(name))) return this
      return original.call(this, name, ...rest)
    }
  })
  replaceMethod(app, 'options', (original) => {
    return function options(url, ...rest) {
      // two scopes without a prefix of their own share one URL space: the inner one gets a route per URL instead
      if (
        owner !== undefined &&
        this.hasRoute({ method: 'OPTIONS', url: toPattern(this.prefix + String(url)) })
      ) {
        needsRoutes.add(owner)
        return this
      }
      return original.call(this, url, ...rest)
    }
  })
  registerPreflights(app, needsRoutes)
  return function adaptCorsPlugin(plugin) {
    if (!corsPlugins.has(readMeta(plugin).name ?? '')) return plugin
    return new Proxy(plugin, {
      get: (target, key, self) => readSelf(target, key, self),
      apply(target, self, [context, ...rest]: [FastifyInstance, ...unknown[]]) {
        const outer = owner
        owner = {}
        setNearest(context, owner)
        try {
          return Reflect.apply(target, self, [context, ...rest])
        } finally {
          owner = outer
        }
      }
    })
  }
}

/** The router keeps `*` as `/*`. */
function toPattern(url: string): string {
  return url === '*' ? '/*' : url
}

/** The plugin's hook holds where its configuration is the nearest, and not for preflights that a route's own `cors` answers. */
function limitHook(hook: Method, owner: object): Method {
  return function runCorsHook(request, reply, ...rest) {
    const { server } = request as { server: FastifyInstance }
    const isNearest = readNearest(server) === owner
    const isOwn = isNearest && [undefined, owner].includes(readPreflightOwner(request as never))
    if (isOwn) return hook.call(this, request, reply, ...rest)
    const done = rest.findLast((value) => typeof value === 'function') as () => void
    return done()
  }
}

function registerPreflights(app: FastifyInstance, needsRoutes: WeakSet<object>): void {
  app.addHook('onRoute', function addPreflight(route) {
    const owner = readNearest(this)
    if (owner === undefined || !needsRoutes.has(owner) || route.method === 'OPTIONS') return
    if (this.hasRoute({ method: 'OPTIONS', url: route.url })) return
    const url = route.routePath || '/'
    this.route({ method: 'OPTIONS', url, handler: sendNoPreflight, [weak]: 'preflight' } as RouteOptions)
  })
}
