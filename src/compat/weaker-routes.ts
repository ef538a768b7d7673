import type { FastifyInstance, HTTPMethods, RouteOptions } from 'fastify'
import { replaceMethod } from './replace-method.ts'

/** An identifier: the router makes code of it. */
const strategy = 'treewayExplicit'
/** Says of a route that it gives way, and what it is. */
export const weak = Symbol('treeway.weak')

type Kind = 'head' | 'all' | 'preflight'
type Route = RouteOptions & { [weak]?: Kind; routePath?: string }

/**
 * A HEAD route that Fastify made for a GET, the routes of `all`, and our preflight routes give way to a route of one's own for the same
 * method and URL, whichever is declared first. Fastify refuses the second one.
 *
 * The router has no way to take a route back, but it prefers a constrained one: so the route of one's own gets a
 * constraint that always matches. Only an application with such a pair has it.
 */
export class WeakerRoutes {
  readonly #weaker = new Map<string, Kind>()
  readonly #expectedHeads = new Map<string, unknown>()

  /** Makes `all` leave out what is there already. */
  registerAll(app: FastifyInstance): void {
    const routes = this
    replaceMethod(app, 'all', (original) => {
      return function all(url, options, handler) {
        const route = toRoute(url, options, handler)
        if (route === undefined) return original.call(this, url, options, handler)
        const method = this.supportedMethods.filter((name) =>
          routes.#isFree(this, name, route)
        ) as HTTPMethods[]
        return method.length === 0 ? this : this.route({ ...route, method, [weak]: 'all' } as Route)
      }
    })
  }

  /** Called with each route before it is made, while `handler` is still the user's own function. */
  adapt(context: FastifyInstance, route: Route): void {
    const methods = ([] as string[]).concat(route.method)
    const kind = this.#toKind(methods, route)
    this.#expectHead(context, methods, route)
    const names = methods.map((method) => `${method} ${route.url}`)
    if (kind !== undefined) for (const name of names) this.#weaker.set(name, kind)
    else if (names.some((name) => this.#weaker.has(name))) preferRoute(context, route)
  }

  /** A second `all` for one URL is not free: Fastify shall refuse it. */
  #isFree(context: FastifyInstance, method: string, { url, constraints }: Route): boolean {
    const { prefix } = context
    const full = prefix.endsWith('/') && url.startsWith('/') ? prefix + url.slice(1) : prefix + url
    const isTaken = context.hasRoute({
      method: method as HTTPMethods,
      url: full,
      ...(constraints && { constraints })
    })
    return !isTaken || this.#weaker.get(`${method} ${full}`) === 'all'
  }

  #toKind(methods: string[], route: Route): Kind | undefined {
    if (route[weak] !== undefined) return route[weak]
    const isHead = methods.length === 1 && methods[0] === 'HEAD'
    if (!isHead || this.#expectedHeads.get(route.url) !== route.handler) return undefined
    this.#expectedHeads.delete(route.url)
    return 'head'
  }

  #expectHead(context: FastifyInstance, methods: string[], route: Route): void {
    if (!methods.includes('GET') || methods.includes('HEAD')) return
    if (!(route.exposeHeadRoute ?? Reflect.get(context.initialConfig, 'exposeHeadRoutes'))) return
    this.#expectedHeads.set(route.url, route.handler)
    // '/' under a prefix is two routes, and only the first is announced
    if (route.routePath === '') this.#expectedHeads.set(`${route.url}/`, route.handler)
  }
}

/** Undefined for whatever Fastify has to say something about, such as two handlers. */
function toRoute(url: unknown, options: unknown, handler: unknown): Route | undefined {
  if (typeof url !== 'string') return undefined
  if (typeof options === 'function' && handler === undefined) return { url, handler: options } as Route
  if (typeof options !== 'object' || options === null) return undefined
  const isGiven = 'handler' in options && options.handler !== undefined
  if (isGiven === (handler !== undefined)) return undefined
  return { ...options, url, handler: handler ?? Reflect.get(options, 'handler') } as Route
}

function preferRoute(context: FastifyInstance, route: Route): void {
  if (!context.hasConstraintStrategy(strategy)) context.addConstraintStrategy(createStrategy())
  route.constraints = { ...route.constraints, [strategy]: true }
}

function createStrategy(): Parameters<FastifyInstance['addConstraintStrategy']>[0] {
  return {
    name: strategy,
    mustMatchWhenDerived: false,
    storage() {
      let held: unknown = null
      return {
        get: () => held as never,
        set(_value: unknown, store: unknown) {
          held = store
        }
      } as never
    },
    validate: () => true,
    deriveConstraint: () => true
  } as Parameters<FastifyInstance['addConstraintStrategy']>[0]
}
