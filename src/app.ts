import { join, resolve } from 'node:path'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import { createFastify } from './compat/create-fastify.ts'
import { createConfig } from './config/config.ts'
import type { Config, ConfigInput } from './config/config.ts'
import { createProcessOverlay } from './config/process-overlay.ts'
import { TreewayError, createProblem } from './errors.ts'
import type { Problem } from './errors.ts'
import { LightResponse } from './handlers/light-response.ts'
import { ScopedRequest } from './handlers/light-request.ts'
import { createModuleLoader } from './languages/javascript/create-module-loader.ts'
import type { ModuleLoader } from './languages/javascript/create-module-loader.ts'
import { loadModules } from './load-modules.ts'
import { openAssets, readRoutesRules } from './open-assets.ts'
import { readProject } from './read-project.ts'
import type { ReadProject } from './read-project.ts'
import { toCanonicalUrl } from './routes/canonical-path.ts'
import type { RouteTable } from './routes/table.ts'
import { createBackgroundWork } from './server/background-work.ts'
import type { Project } from './server/project.ts'
import { createWorkerRoutes } from './server/worker-routes.ts'
import { registerProject } from './server/register-project.ts'
import { toAssetFetcher } from './server/fetch-asset.ts'

export interface AppOptions {
  /** The project's directory. */
  readonly dir: string
  /** `refuse` (default): problems of the tree make it throw. `serve`: they are shown, and the rest is served, as `dev` does. */
  readonly problems?: 'refuse' | 'serve'
  /** Options of treeway.config, already loaded. Default: defaults. */
  readonly config?: Config | ConfigInput
  /** Options for the Fastify instance. */
  readonly fastify?: FastifyServerOptions
  /** Long work (an install, a compile) began or ended: one line to show. Default: not shown. */
  readonly onProgress?: (text: string) => void
}

/** What an app knows about its tree; on the instance as `app.treeway`. */
export interface AppFacts {
  readonly dir: string
  readonly table: RouteTable
  /** Of the tree, and what came up while its modules ran. */
  readonly problems: readonly Problem[]
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
  const config = toConfig(options)
  const read = await readProject(config)
  const loader = createLoader(config, read.table)
  try {
    return await startApp({ options, config, read, loader })
  } catch (error) {
    await loader.close()
    throw error
  }
}

/** What a tree says, without running any of it. */
export async function readTable(options: AppOptions): Promise<{ table: RouteTable; problems: readonly Problem[] }> {
  const { table, problems } = await readProject(toConfig(options))
  return { table, problems }
}

interface StartParts {
  readonly options: AppOptions
  readonly config: Config
  readonly read: ReadProject
  readonly loader: ModuleLoader
}

async function startApp({ options, config, read, loader }: StartParts): Promise<FastifyInstance> {
  const refuses = options.problems !== 'serve'
  const problems: Problem[] = [...read.problems]
  if (refuses) refuseProblems(problems)
  const modules = await loadModules(config.dir, read.table, loader)
  for (const [file, module] of modules) if (module.kind === 'failed') addProblem(problems, module.error, file)
  let app: FastifyInstance | undefined
  const workers = createWorkerRoutes({
    config,
    table: read.table,
    onProgress: options.onProgress ?? (() => undefined),
    toLogger: () => app?.log
  })
  problems.push(...(await workers.prepare()))
  if (refuses) refuseProblems(problems)
  app = createFastify(toServerOptions(options, config))
  const assets = openAssets(config, read)
  const rules = await readRoutesRules(config, read)
  problems.push(...assets.problems.filter(() => read.assets?.directory !== undefined), ...rules.problems)
  const background = createBackgroundWork(app)
  const project: Project = {
    table: read.table,
    modules,
    services: { env: config.env, waitUntil: background.add, fetchAsset: toAssetFetcher(assets) },
    assets,
    isFunctionPath: rules.isFunctionPath,
    areAssetsFirst: read.assets !== undefined && read.assets.runWorkerFirst !== true,
    createWorkerHandler: workers.createHandler,
    showsErrors: !refuses,
    onProblem: (error, file) => addProblem(problems, error, file)
  }
  app.decorate('treeway', { dir: config.dir, table: read.table, problems })
  app.addHook('onClose', async () => {
    await background.settle()
    await workers.stop()
    assets.close()
    await loader.close()
  })
  await registerProject(app, project)
  await app.ready()
  if (refuses) await refuseAndClose(app, problems)
  return app
}

function toConfig(options: AppOptions): Config {
  const dir = resolve(options.dir)
  const { config } = options
  if (config !== undefined && 'dir' in config) return config
  return createConfig(dir, config)
}

function createLoader(config: Config, table: RouteTable): ModuleLoader {
  const envs = new Map(table.routes.map((route) => [join(config.dir, route.file, '..'), route.env]))
  const overlays = new Map([...envs].filter(([, env]) => Object.keys(env).length > 0).map(([folder, env]) => [folder, createProcessOverlay(env)]))
  return createModuleLoader({
    dir: config.dir,
    globalsFor(file) {
      const overlay = overlays.get(join(file, '..'))
      return { Response: LightResponse, Request: ScopedRequest, ...(overlay ? { process: overlay } : {}) }
    }
  })
}

function toServerOptions(options: AppOptions, config: Config): FastifyServerOptions {
  const given = { ...config.fastify, ...options.fastify } as FastifyServerOptions
  const { rewriteUrl } = given
  return {
    bodyLimit: config.bodyLimit,
    ...given,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH, ...given.routerOptions },
    rewriteUrl(request) {
      const url = toCanonicalUrl(rewriteUrl ? rewriteUrl.call(this, request) : (request.url ?? '/'))
      return url
    }
  }
}

function addProblem(problems: Problem[], error: TreewayError, file: string): void {
  const own = error.problems.length > 0 ? error.problems : [createProblem(error.code, toMessage(error), { file, fix: error.fix })]
  for (const problem of own) {
    if (!problems.some((known) => known.code === problem.code && known.file === problem.file)) problems.push(problem)
  }
}

function toMessage(error: TreewayError): string {
  const { cause } = error
  return cause instanceof Error && !error.message.includes(cause.message) ? `${error.message} ${cause.message}` : error.message
}

/** Throws one error that names every problem, where there is one that matters. */
function refuseProblems(problems: readonly Problem[]): void {
  const errors = problems.filter((problem) => problem.severity === 'error')
  if (errors.length === 0) return
  const lines = errors.map((problem) => `- ${problem.file ?? ''}: ${problem.message} ${problem.fix}`)
  const message = `The tree has ${errors.length === 1 ? 'a problem' : `${errors.length} problems`}:\n${lines.join('\n')}`
  throw new TreewayError('TREEWAY_TREE_REFUSED', message, { problems: errors })
}

async function refuseAndClose(app: FastifyInstance, problems: readonly Problem[]): Promise<void> {
  try {
    refuseProblems(problems)
  } catch (error) {
    await app.close()
    throw error
  }
}
