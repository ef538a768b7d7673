import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { TreewayError } from '../errors.ts'
import { toDisplayUrl, toFastifyUrl } from '../routes/format-pattern.ts'
import type { Pattern } from '../routes/pattern.ts'
import { errorShapeKey } from '../routes/route.ts'
import type { Scope } from '../routes/table.ts'
import { createClaims, listPlaces } from './claims.ts'
import type { Claimant, Claims } from './claims.ts'
import { createErrorHandler } from './error-handler.ts'
import { registerGate } from './gate.ts'
import { registerMiddleware } from './middleware.ts'
import type { MiddlewareCover } from './middleware-cover.ts'
import { createNotFound } from './not-found.ts'
import type { NotFound } from './not-found.ts'
import type { LoadedModule, Project } from './project.ts'
import { registerRoutes } from './register-routes.ts'
import { addRootConstraint, isSingle } from './root-constraint.ts'
import { createFaultHandler, pickExport } from './route-handler.ts'
import { listChildScopes, toScopePlugin } from './scope-plugin.ts'

/**
 * Serves a project on a Fastify instance, in the order of design.md section 5: boot files, then for each folder from
 * the root down its plugins, then its routes.
 */
export async function registerProject(
  app: FastifyInstance,
  project: Project,
  guards = registerGuards(app, project)
): Promise<void> {
  const { prefix } = project
  const notFound = createNotFound(app, project)
  notFound.own(app)
  await registerBoot(app, project)
  const context: ScopeContext = { project, notFound, claims: createClaims(listClaimants(project)) }
  registerConflicts(app, project, context.claims)
  registerRoutes(app, project, { routes: pickRoutes(project, ''), prefix, claims: context.claims })
  const children = listChildScopes(project.table.scopes, undefined)
  for (const scope of children)
    await app.register(createScope(scope, app, context), toPrefix(scope.pattern, prefix))
  // A scope at the root owns the root's misses, so that its hooks hold for static files too.
  if (!children.some((scope) => scope.pattern.length === prefix.length)) settleRoot(app, notFound, guards)
}

/** What stands before everything that is registered after it. */
export interface Guards {
  readonly middleware: MiddlewareCover | undefined
}

/** The rules and the middleware of the tree: before whatever else Treeway serves beside the tree, its pages too. */
export function registerGuards(app: FastifyInstance, project: Project): Guards {
  registerGate(app, project)
  return { middleware: registerMiddleware(app, project) }
}

/** Misses are inside the middleware; what costs them hooks must not cost the routes any. */
function settleRoot(app: FastifyInstance, notFound: NotFound, { middleware }: Guards): void {
  if (!middleware || middleware.has(app)) return notFound.settle(app)
  app.register(async function misses(instance) {
    middleware.add(instance)
    notFound.settle(app, instance)
  })
}

interface ScopeContext {
  readonly project: Project
  readonly notFound: NotFound
  readonly claims: Claims
}

/** Boot files run once, in order, on the root; a default export gets the server, and one without is only run. */
async function registerBoot(app: FastifyInstance, project: Project): Promise<void> {
  const hadHandler = watchErrorHandler(app)
  for (const file of project.table.boot) {
    const module = project.modules.get(file)
    const plugin = module?.kind === 'loaded' ? pickExport(module.exports, 'default') : undefined
    if (module?.kind === 'loaded' && typeof plugin !== 'function') continue
    await registerPlugin(app, project, file)
  }
  if (hadHandler()) return
  app.setErrorHandler(createErrorHandler(project.showsErrors, project.takeFault))
  // Fastify has bound it, and that function is the one that others see.
  Reflect.set(app.errorHandler, errorShapeKey, true)
}

/** Says whether someone set an error handler on the root meanwhile: ours is only the default. */
function watchErrorHandler(app: FastifyInstance): () => boolean {
  const setForReal = app.setErrorHandler
  let wasSet = false
  app.setErrorHandler = function setErrorHandler(this: FastifyInstance, handler: never) {
    if (this === app) wasSet = true
    return Reflect.apply(setForReal, this, [handler])
  } as FastifyInstance['setErrorHandler']
  return () => {
    app.setErrorHandler = setForReal
    return wasSet
  }
}

function createScope(scope: Scope, parent: FastifyInstance, context: ScopeContext): FastifyPluginAsync {
  const { project, notFound, claims } = context
  return async function folderScope(instance) {
    notFound.own(instance, parent)
    // Queued, not waited for: a plugin that takes its time must not count against the folders around it.
    for (const file of scope.plugins) void registerPlugin(instance, project, file)
    instance.after(async () => {
      const routes = pickRoutes(project, scope.folder)
      registerRoutes(instance, project, { routes, prefix: scope.pattern, claims })
      for (const child of listChildScopes(project.table.scopes, scope)) {
        void instance.register(createScope(child, instance, context), toPrefix(child.pattern, scope.pattern))
      }
      notFound.settle(instance)
    })
  }
}

/** A plugin that can not be run leaves its folder unguarded, so everything it should cover answers with the fault. */
function registerPlugin(
  instance: FastifyInstance,
  project: Project,
  file: string
): PromiseLike<unknown> | undefined {
  function close(error: unknown): void {
    const fault =
      error instanceof TreewayError
        ? error
        : new TreewayError('TREEWAY_PLUGIN_FAILED', `${file} failed: ${toText(error)}`, { cause: error })
    project.onProblem(fault, file)
    instance.addHook('onRequest', createFaultHandler(fault) as never)
  }

  const plugin = readPlugin(project.modules.get(file), file)
  if (plugin instanceof TreewayError) {
    close(plugin)
    return undefined
  }
  return instance.register(toScopePlugin(plugin, close))
}

type ScopeFunction = Parameters<typeof toScopePlugin>[0]

function readPlugin(module: LoadedModule | undefined, file: string): ScopeFunction | TreewayError {
  if (module?.kind === 'failed') return module.error
  const plugin = module?.kind === 'loaded' ? pickExport(module.exports, 'default') : undefined
  if (typeof plugin === 'function') return plugin as ScopeFunction
  return new TreewayError('TREEWAY_EXPORT_INVALID', `${file} must export a function that takes the server.`)
}

/** Two files, one method and URL: asked, it says so. */
function registerConflicts(app: FastifyInstance, { table, prefix }: Project, claims: Claims): void {
  for (const { method, pattern, files } of table.conflicts) {
    const message = `${files.join(' and ')} both answer ${method} ${toDisplayUrl(pattern)}.`
    const handler = createFaultHandler(new TreewayError('TREEWAY_ROUTE_CONFLICT', message))
    for (const place of listPlaces(pattern)) {
      const methods = claims.take({ methods: [method] }, place, app.supportedMethods)
      if (methods.length === 0) continue
      const url = toFastifyUrl(place.pattern.slice(prefix.length))
      const isRootless = isSingle(place.pattern) && !claims.hasRoot(methods)
      const constraints = isRootless ? addRootConstraint(app) : {}
      app.route({ method: methods as never, url, handler, constraints, exposeHeadRoute: false })
    }
  }
}

/** A conflict has its URL as a route would. */
function listClaimants({ table }: Project): Claimant[] {
  return [...table.routes, ...table.conflicts.map(({ method, pattern }) => ({ methods: [method], pattern }))]
}

function pickRoutes(project: Project, folder: string): Project['table']['routes'] {
  return project.table.routes.filter((route) => route.scope === folder)
}

function toPrefix(pattern: Pattern, parent: Pattern): { prefix: string } {
  const own = pattern.slice(parent.length)
  return { prefix: own.length === 0 ? '' : toFastifyUrl(own) }
}

function toText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
