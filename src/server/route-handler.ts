import { TreewayError } from '../errors.ts'
import { pickStyle } from '../handlers/index.ts'
import type { RouteHandler } from '../handlers/style.ts'
import type { Route } from '../routes/route.ts'
import { withConcurrencyLimit, withTimeLimit } from './limits.ts'
import { createAround } from './middleware-direct.ts'
import type { Around } from './middleware-direct.ts'
import type { PreparedRoute } from './prepared-route.ts'
import type { LoadedModule, Project } from './project.ts'

/** Finds the export, picks the style, adds the limits. A fault becomes a handler that answers with it. */
export function prepareRoute(project: Project, route: Route): PreparedRoute {
  const bodyMode = route.redirect === undefined ? pickStyle(route.style).bodyMode : 'parsed'
  try {
    const { handler, options, isDirect } = createHandler(project, route)
    return { route, handler: withLimits(route, handler), bodyMode, options, isDirect }
  } catch (error) {
    const fault = toTreewayError(error, route)
    project.onProblem(fault, route.file)
    return { route, handler: createFaultHandler(fault), bodyMode, options: {}, isDirect: false }
  }
}

type MadeHandler = Pick<PreparedRoute, 'handler' | 'options' | 'isDirect'>

function createHandler(project: Project, route: Route): MadeHandler {
  const { redirect } = route
  const options = route.functionOptions.options ?? {}
  const rest = { options, isDirect: false }
  if (redirect !== undefined) return { ...rest, handler: (_request, reply) => reply.redirect(redirect, 302) }
  if (route.language !== 'javascript') return { ...rest, handler: project.createWorkerHandler(route) }
  const module = project.modules.get(route.file)
  if (module === undefined) throw new TreewayError('TREEWAY_LOAD_FAILED', `${route.file} was not loaded.`)
  // The reason is in the module's own problem already.
  if (module.kind === 'failed') return { ...rest, handler: createFaultHandler(module.error) }
  if (module.kind === 'lazy') {
    const around = createAround(project, route, options)
    return { handler: createLazyHandler(project, route, around), options, isDirect: around !== undefined }
  }
  const value = pickExport(module.exports, route.exportName)
  const own = { ...options, ...readOptions(module.exports, value) }
  const around = createAround(project, route, own)
  const handler = pickStyle(route.style).createHandler({ route, value, services: project.services, around })
  return { handler, options: own, isDirect: around !== undefined }
}

/** The first request loads the module, and what comes meanwhile waits for it; after that it is one more call. */
function createLazyHandler(project: Project, route: Route, around: Around | undefined): RouteHandler {
  let handler: RouteHandler | undefined
  async function load(): Promise<RouteHandler> {
    const module = project.modules.get(route.file)
    const loaded = module?.kind === 'lazy' ? await module.load() : module
    if (loaded?.kind !== 'loaded') throw toLoadFault(loaded, route)
    const value = pickExport(loaded.exports, route.exportName)
    refuseUnseenOptions(readOptions(loaded.exports, value), route)
    handler = pickStyle(route.style).createHandler({ route, value, services: project.services, around })
    return handler
  }
  return function lazyRoute(request, reply) {
    if (handler) return handler.call(this, request, reply)
    return load().then((loaded) => {
      const answer = loaded.call(this, request, reply)
      // A handler that answers later by itself returns nothing; from a promise Fastify would take that for an answer.
      return answer === undefined ? reply : answer
    })
  }
}

function toLoadFault(module: LoadedModule | undefined, route: Route): TreewayError {
  if (module?.kind === 'failed') return module.error
  return new TreewayError('TREEWAY_LOAD_FAILED', `${route.file} was not loaded.`)
}

/** Among them may be a guard: rather no answer than one without it. */
function refuseUnseenOptions(options: Readonly<Record<string, unknown>>, route: Route): void {
  const names = Object.keys(options)
  if (names.length === 0) return
  const message = `${route.file} has the route options ${names.join(', ')}, which its source does not show.`
  throw new TreewayError('TREEWAY_OPTIONS_UNSEEN', message)
}

/** The exports of an ES module by name; of CommonJS `default` is `module.exports` itself. */
export function pickExport(exports: unknown, name: string): unknown {
  if (!isObject(exports)) return name === 'default' ? exports : undefined
  if (name === 'default') return '__esModule' in exports ? exports['default'] : exports
  return exports[name]
}

/** `export const options`, `module.exports.options`, or a property of the handler. */
function readOptions(exports: unknown, handler: unknown): Readonly<Record<string, unknown>> {
  const own = isObject(handler) ? handler['options'] : undefined
  const named = isObject(exports) ? exports['options'] : undefined
  return { ...(isObject(own) ? own : {}), ...(isObject(named) ? named : {}) }
}

function withLimits(route: Route, handler: RouteHandler): RouteHandler {
  const { timeoutMs, maxConcurrency } = route.functionOptions
  // Workers have their own clock and queue: they can also stop what runs too long.
  if (route.language !== 'javascript') return handler
  const timed = timeoutMs === undefined ? handler : withTimeLimit(handler, timeoutMs)
  return maxConcurrency === undefined ? timed : withConcurrencyLimit(timed, maxConcurrency)
}

export function createFaultHandler(fault: TreewayError): RouteHandler {
  return function faultRoute() {
    throw fault
  }
}

function toTreewayError(error: unknown, route: Route): TreewayError {
  if (error instanceof TreewayError) return error
  return new TreewayError('TREEWAY_LOAD_FAILED', `${route.file} can not be served.`, { cause: error })
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
