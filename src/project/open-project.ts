import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../config/config.ts'
import { readDevVars } from '../config/dev-vars.ts'
import { TreewayError, createProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { createModuleLoader } from '../languages/javascript/create-module-loader.ts'
import type { ModuleLoader } from '../languages/javascript/create-module-loader.ts'
import type { KeptParts } from './kept-parts.ts'
import { findPublishedHelpers } from './find-published-helpers.ts'
import { loadModules } from './load-modules.ts'
import { createGlobals, toFolderEnvs } from './module-globals.ts'
import { mountAssets, openAssets, readRoutesRules } from './open-assets.ts'
import type { ReadRules } from './open-assets.ts'
import { preparePackages } from './prepare-packages.ts'
import type { PreparedPackages } from './prepare-packages.ts'
import { readBuild, toInstalledPackages, toReadProject } from './read-build.ts'
import type { Build } from './read-build.ts'
import type { ReadProject } from './read-project.ts'
import { createReloader } from './reload-project.ts'
import type { Reload } from './reload-project.ts'
import type { Pattern } from '../routes/pattern.ts'
import { createBackgroundWork } from '../server/background-work.ts'
import { toAssetFetcher } from '../server/fetch-asset.ts'
import type { TakeFault } from '../server/error-handler.ts'
import { createHotRoutes } from '../server/hot-routes.ts'
import { createMiddlewareMatcher } from '../server/middleware-match.ts'
import type { LoadedModule, Project } from '../server/project.ts'
import { createWorkerRoutes } from '../server/worker-routes.ts'
import type { WorkerRoutes } from '../server/worker-routes.ts'

export interface OpenOptions {
  readonly config: Config
  /** `refuse`: problems throw. `serve`: they are collected, and errors show their text to the client. */
  readonly problems: 'refuse' | 'serve'
  /** URL of the instance that it is served on. */
  readonly prefix: Pattern
  /** Long work began or ended. Default: a line of the log. */
  readonly onProgress?: ((text: string) => void) | undefined
  /** The server is made for this project alone. Default false: it is somebody else's. */
  readonly ownsServer?: boolean
  /** The server's logger, once there is one. */
  readonly toLogger: () => FastifyBaseLogger | undefined
  /** Handlers can be replaced while the app serves (`reload`). Default false: nothing stands between. */
  readonly isReloadable?: boolean
  /** Transformed code and the like are kept in the project's state folder. Default false: nothing is written. */
  readonly keepsCaches?: boolean
  /** Told of every fault, and may make it a page. Default: they are logged, and sent as JSON. */
  readonly takeFault?: TakeFault | undefined
  /** What apps before this one have read and loaded. Default: all is read and loaded anew. */
  readonly kept?: KeptParts | undefined
  /** What other languages need is not installed and compiled: nobody will ask their routes. Default false. */
  readonly isOnlyRead?: boolean
}

/** A project that is read and loaded, ready to be registered. */
export interface OpenProject {
  readonly project: Project
  /** Grows while the project is registered. */
  readonly problems: readonly Problem[]
  /**
   * Takes changed files in while the app serves: their handlers and whatever imports them answer anew, and requests in
   * flight end on the code they began with. False where only a new app will do: other routes, options, plugins.
   */
  readonly reload: Reload
  /** The worker processes of each language that the tree uses. */
  readonly readWorkers: WorkerRoutes['readStats']
  /** Waits for work in the background, then ends workers and frees modules. */
  close(): Promise<void>
}

/** Reads a project's trees, loads their modules, starts what other languages need. Throws TREEWAY_TREE_REFUSED. */
export async function openProject(options: OpenOptions): Promise<OpenProject> {
  const config = toServedConfig(options)
  const build = options.isReloadable ? undefined : await readBuild(config.dir)
  const read = await readSource(options, build)
  if (options.problems === 'refuse') refuseProblems(read.problems)
  const source: Source = { config, build, read }
  const parts = await openParts(options, source)
  try {
    return await loadProject(options, source, parts)
  } catch (error) {
    await parts.close()
    throw error
  }
}

/** What is served: the tree as it is on disk, or as it was when it was built. */
interface Source {
  readonly config: Config
  readonly build: Build | undefined
  readonly read: ReadProject
}

async function openParts(options: OpenOptions, { config, build, read }: Source) {
  const { toLogger, onProgress = (text) => toLogger()?.info(text) } = options
  const { table } = read
  const loader = createLoader(options, read, build)
  const workers = await createWorkerRoutes({
    config,
    table,
    isFrozen: build !== undefined || config.frozen,
    toLogger,
    onProgress
  })
  const assets = openAssets(config, read)
  const background = createBackgroundWork(toLogger)
  const closing = new AbortController()
  async function close(): Promise<void> {
    closing.abort()
    await background.settle()
    await workers.stop()
    assets.close()
    await loader.close()
  }
  return { loader, workers, assets, background, onProgress, signal: closing.signal, close }
}

type Parts = Awaited<ReturnType<typeof openParts>>

async function loadProject(options: OpenOptions, source: Source, parts: Parts): Promise<OpenProject> {
  const { config, build, read } = source
  const { loader, workers, assets, close } = parts
  const { table } = read
  const problems: Problem[] = [...read.problems]
  const isLazy = build && !config.eager ? createLazyCheck(build) : undefined
  const { installed, refused } = await openPackages(options, source, parts)
  loader.usePackages(installed)
  const modules = await loadModules({ dir: config.dir, table, loader, refused, isLazy })
  for (const [file, module] of modules) if (module.kind === 'failed') addProblem(problems, module.error, file)
  if (!build) problems.push(...findPublishedHelpers({ dir: config.dir, table, loader }))
  if (!options.isReloadable) await loader.rest()
  const rules = await readRoutesRules(config, read)
  const isNamed = read.assets?.directory !== undefined
  if (!options.isOnlyRead) problems.push(...(await workers.prepare()))
  problems.push(...rules.problems, ...(isNamed ? assets.problems : []))
  if (options.problems === 'refuse') refuseProblems(problems)
  const onProblem: Project['onProblem'] = (error, file) => addProblem(problems, error, file)
  const project = createProject({ options, source, parts, modules, rules, onProblem })
  const reload = createReloader({ config, read, project, modules, loader, workers, assets, problems })
  return { project, problems, reload, readWorkers: workers.readStats, close }
}

/** Those of a build are in it. */
async function openPackages(
  { isOnlyRead = false }: OpenOptions,
  { config, build, read }: Source,
  { onProgress, signal }: Parts
): Promise<PreparedPackages> {
  if (build) return { installed: toInstalledPackages(build, config.dir), refused: new Map() }
  return await preparePackages({ config, table: read.table, onProgress, signal, isOnlyRead })
}

interface ProjectParts extends Pick<Project, 'onProblem'> {
  readonly options: OpenOptions
  readonly source: Source
  readonly parts: Parts
  readonly modules: Map<string, LoadedModule>
  readonly rules: ReadRules
}

function createProject({ options, source, parts, modules, rules, onProblem }: ProjectParts): Project {
  const { config, read } = source
  const { table } = read
  const mounted = mountAssets(parts.assets, options.prefix)
  const { add } = parts.background
  return {
    table,
    middleware: createMiddlewareMatcher({ table, modules, onProblem }),
    ownsServer: options.ownsServer ?? false,
    prefix: options.prefix,
    modules,
    services: { env: { ...config.vars, ...config.env }, waitUntil: add, fetchAsset: toAssetFetcher(mounted) },
    assets: mounted,
    isFunctionPath: rules.isFunctionPath,
    areAssetsFirst: read.assets !== undefined && read.assets.runWorkerFirst !== true,
    createWorkerHandler: parts.workers.createHandler,
    showsErrors: options.problems === 'serve',
    takeFault: options.takeFault,
    hotRoutes: options.isReloadable ? createHotRoutes() : undefined,
    onProblem
  }
}

/** In development functions see the project's own variables too; what the configuration says wins. */
function toServedConfig({ config, problems }: OpenOptions): Config {
  if (problems !== 'serve') return config
  const hasNames = Object.keys(config.env).length > 0
  return { ...config, env: { ...readDevVars(config.dir, hasNames), ...config.env } }
}

/** The tree as it is on disk, or as it was when it was built. */
async function readSource(options: OpenOptions, build: Build | undefined): Promise<ReadProject> {
  const { config, prefix, keepsCaches = false, kept } = options
  if (build) return toReadProject(build, prefix)
  // A build is not read, so what reads is not loaded.
  const { readProject } = await import('./read-project.ts')
  return await readProject(config, { prefix, keepsCaches, kept })
}

function createLazyCheck({ manifest }: Build): (file: string) => boolean {
  const eager = new Set(manifest.eager)
  return (file) => !eager.has(file)
}

function createLoader(options: OpenOptions, read: ReadProject, build: Build | undefined): ModuleLoader {
  const { config, keepsCaches, kept } = options
  if (kept) return kept.takeLoader(read.table, read.exports.keys())
  return createModuleLoader({
    dir: config.dir,
    stateDir: keepsCaches && !build ? join(config.dir, config.stateDir) : undefined,
    modulesDir: build?.modulesDir,
    globalsFor: createGlobals(toFolderEnvs(config.dir, read.table))
  })
}

function addProblem(problems: Problem[], error: TreewayError, file: string): void {
  const own =
    error.problems.length > 0
      ? error.problems
      : [createProblem(error.code, toMessage(error), { file, fix: error.fix })]
  for (const problem of own) {
    if (!problems.some((known) => known.code === problem.code && known.file === problem.file))
      problems.push(problem)
  }
}

function toMessage(error: TreewayError): string {
  const { cause } = error
  return cause instanceof Error && !error.message.includes(cause.message)
    ? `${error.message} ${cause.message}`
    : error.message
}

/** Throws one error that names every problem, where there is one that matters. */
export function refuseProblems(problems: readonly Problem[]): void {
  const errors = problems.filter((problem) => problem.severity === 'error')
  if (errors.length === 0) return
  const lines = errors.map((problem) => `- ${problem.file ?? ''}: ${problem.message} ${problem.fix}`)
  const message = `The tree has ${errors.length === 1 ? 'a problem' : `${errors.length} problems`}:\n${lines.join('\n')}`
  throw new TreewayError('TREEWAY_TREE_REFUSED', message, { problems: errors })
}
