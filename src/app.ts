import { resolve } from 'node:path'
import type { FastifyBaseLogger, FastifyInstance, FastifyServerOptions } from 'fastify'
import { createFastify } from './compat/create-fastify.ts'
import { createConfig } from './config/config.ts'
import type { Config, ConfigInput } from './config/config.ts'
import type { Problem, TreewayError } from './errors.ts'
import { toMetricsMode } from './metrics/metrics-mode.ts'
import type { ShareMetrics } from './metrics/register-metrics.ts'
import { refuseOthers } from './openapi/local-only.ts'
import { toOpenapiMode } from './openapi/openapi-mode.ts'
import type { OpenapiMode } from './openapi/openapi-mode.ts'
import type { Openapi } from './openapi/register-openapi.ts'
import { keepTickShape } from './project/keep-tick-shape.ts'
import type { KeptParts } from './project/kept-parts.ts'
import { openProject, refuseProblems } from './project/open-project.ts'
import type { OpenProject } from './project/open-project.ts'
import type { Reload } from './project/reload-project.ts'
import { startPreload } from './project/preload-modules.ts'
import { whileLoading } from './project/while-loading.ts'
import { toCanonicalUrl } from './routes/canonical-path.ts'
import type { RouteTable } from './routes/table.ts'
import type { TakeFault } from './server/error-handler.ts'
import { registerHealth } from './server/health.ts'
import type { Readiness } from './server/health.ts'
import { registerGuards, registerProject } from './server/register-project.ts'
import { createSchemaCompilers, findRouteFile } from './server/schema-compilers.ts'

export interface AppOptions {
  /** The project's directory. */
  readonly dir: string
  /** `refuse` (default): problems of the tree make it throw. `serve`: they are shown, and the rest is served, as `dev` does. */
  readonly problems?: 'refuse' | 'serve'
  /** Options of treeway.config, already loaded. Default: defaults. */
  readonly config?: Config | ConfigInput
  /** Options for the Fastify instance. */
  readonly fastify?: FastifyServerOptions
  /** Long work (an install, a compile) began or ended: one line to show. Default: a line of the server's log. */
  readonly onProgress?: (text: string) => void
}

/** What an app knows about its tree; on the instance as `app.treeway`. */
export interface AppFacts {
  readonly dir: string
  readonly table: RouteTable
  /** Of the tree, and what came up while its modules ran. */
  readonly problems: readonly Problem[]
  /** The OpenAPI document of what is served, where the option `openapi` has it on. */
  readonly openapi?: Openapi
}

declare module 'fastify' {
  interface FastifyInstance {
    /** What Treeway knows about the tree that this server serves. */
    treeway: AppFacts
  }
}

/** Longer than any sensible value, short enough that a pattern with several parameters in a segment stays cheap. */
const MAX_PARAM_LENGTH = 2048

/**
 * A Fastify instance for a tree: read it, load its modules, register everything. Call `.listen()` or `.inject()` on
 * what comes back, and `.close()` at the end.
 *
 * @example
 * const app = await createApp({ dir: 'examples/shop' })
 * await app.listen({ port: 3000 })
 */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  return (await openApp(options, {})).app
}

/** An app that can take changed files in while it serves. */
export interface ReloadableApp {
  readonly app: FastifyInstance
  /** False: only a new app will do, or the files have changed meanwhile. */
  readonly reload: Reload
}

export interface OpenAppOptions {
  /** Handlers can be replaced while the app serves. Default false. */
  readonly isReloadable?: boolean
  /** Transformed code is kept in the project's state folder. Default false: nothing is written. */
  readonly keepsCaches?: boolean
  /** Health and readiness are answered, by what this says. Default: they are not. */
  readonly readiness?: Readiness
  /** Adds up the metrics of several processes. Default: this one is alone. */
  readonly shareMetrics?: ShareMetrics
  /** What apps before this one have read and loaded. Default: all is read and loaded anew. */
  readonly kept?: KeptParts
  /** Told of every fault, and may make it a page. Default: they are logged, and sent as JSON. */
  readonly takeFault?: TakeFault
  /** The OpenAPI document: on as the configuration has it for `dev` or for `start` (default), or for the caller alone. */
  readonly openapi?: 'dev' | 'start' | 'unserved'
  /** What other languages need is not installed and compiled: nobody will ask their routes. Default false. */
  readonly isOnlyRead?: boolean
}

/** As `createApp`, for `dev` and `start`. */
export async function openApp(options: AppOptions, modes: OpenAppOptions): Promise<ReloadableApp> {
  keepTickShape()
  return await whileLoading(() => loadApp(options, modes))
}

async function loadApp(options: AppOptions, modes: OpenAppOptions): Promise<ReloadableApp> {
  const config = toConfig(options)
  const problems = options.problems ?? 'refuse'
  const { onProgress } = options
  const schemaFaults: SchemaFault[] = []
  const schemaController = createSchemaCompilers((fault, { url }) => schemaFaults.push({ fault, url }))
  const app = createFastify({ schemaController, ...toServerOptions(options, config) })
  const toLogger = (): FastifyBaseLogger => app.log
  const opened = await closing(app, () =>
    openProject({ config, problems, prefix: [], ownsServer: true, onProgress, toLogger, ...modes })
  )
  app.addHook('onClose', opened.close)
  preloadOnListen(app, opened.project)
  const mode = toMode(config, modes)
  const refuses = problems === 'refuse'
  const parts = { opened, mode, config, modes, refuses, schemaFaults }
  await closing(app, () => startApp(app, parts))
  return { app, reload: opened.reload }
}

/** Closes the app where a step towards it fails. */
async function closing<T>(app: FastifyInstance, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    await app.close()
    throw error
  }
}

/** An app that is only injected into loads what is asked for. */
function preloadOnListen(app: FastifyInstance, { modules }: OpenProject['project']): void {
  const closing = new AbortController()
  app.addHook('onListen', async () => startPreload(modules.values(), closing.signal))
  app.addHook('preClose', async () => closing.abort())
}

function toMode(config: Config, { openapi }: OpenAppOptions): OpenapiMode | undefined {
  const mode = toOpenapiMode(config.openapi, openapi === 'dev')
  if (openapi !== 'unserved') return mode
  return { settings: typeof config.openapi === 'object' ? config.openapi : {}, audience: 'none' }
}

interface AppParts {
  readonly opened: OpenProject
  readonly mode: OpenapiMode | undefined
  readonly config: Config
  readonly modes: OpenAppOptions
  readonly refuses: boolean
  /** Filled while the app gets ready. */
  readonly schemaFaults: readonly SchemaFault[]
}

interface SchemaFault {
  readonly fault: TreewayError
  readonly url: string
}

async function startApp(
  app: FastifyInstance,
  { opened, mode, config, modes, refuses, schemaFaults }: AppParts
): Promise<void> {
  const { project, problems } = opened
  const { dir } = config
  const { readiness } = modes
  const hasMetrics = await startMetrics(app, { opened, config, modes })
  if (readiness) await registerHealth(app, config.health, readiness)
  const guards = registerGuards(app, project)
  // They count whatever comes after them, so they are there already; the tree's guards hold for them all the same.
  if (hasMetrics) guards.middleware?.add(app)
  const openapi = mode && (await startOpenapi(app, dir, mode))
  app.decorate('treeway', { dir, table: project.table, problems, ...(openapi ? { openapi } : {}) })
  await registerProject(app, project, guards)
  await app.ready()
  for (const { fault, url } of schemaFaults) {
    project.onProblem(fault, findRouteFile(project.table, url) ?? url)
  }
  if (refuses) refuseProblems(problems)
}

/** What is off is not loaded. */
async function startOpenapi(app: FastifyInstance, dir: string, mode: OpenapiMode): Promise<Openapi> {
  const { registerOpenapi } = await import('./openapi/register-openapi.ts')
  return await registerOpenapi(app, dir, mode)
}

/** Where they are off, nothing of them is loaded, and no request passes a hook of theirs. */
async function startMetrics(
  app: FastifyInstance,
  { opened, config, modes }: Pick<AppParts, 'opened' | 'config' | 'modes'>
): Promise<boolean> {
  const mode = toMetricsMode(config.metrics, modes.openapi === 'dev')
  if (mode === undefined || modes.openapi === 'unserved') return false
  const { registerMetrics } = await import('./metrics/register-metrics.ts')
  const { readWorkers } = opened
  const guard = mode.audience === 'local' ? { guard: refuseOthers } : {}
  await registerMetrics(app, { path: mode.path, readWorkers, share: modes.shareMetrics, ...guard })
  return true
}

/** What a tree says, without running any of it. */
export async function readTable(
  options: AppOptions
): Promise<{ table: RouteTable; problems: readonly Problem[] }> {
  const { readProject } = await import('./project/read-project.ts')
  const { table, problems } = await readProject(toConfig(options))
  return { table, problems }
}

export function toConfig(options: Pick<AppOptions, 'dir' | 'config'>): Config {
  const { config } = options
  if (config !== undefined && 'dir' in config) return config
  return createConfig(resolve(options.dir), config)
}

function toServerOptions(options: AppOptions, config: Config): FastifyServerOptions {
  const given = { ...config.fastify, ...options.fastify } as FastifyServerOptions
  const { rewriteUrl } = given
  return {
    bodyLimit: config.bodyLimit,
    ...given,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH, ...given.routerOptions },
    rewriteUrl(request) {
      return toCanonicalUrl(rewriteUrl ? rewriteUrl.call(this, request) : (request.url ?? '/'))
    }
  }
}
