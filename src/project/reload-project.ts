import { readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Assets } from '../assets/create-assets.ts'
import type { Config } from '../config/config.ts'
import type { DeclaredExports } from '../conventions/convention.ts'
import type { Problem } from '../errors.ts'
import type { IsWhole } from '../files/wait-for-saves.ts'
import type { ModuleLoader } from '../languages/javascript/create-module-loader.ts'
import { readExports } from '../languages/javascript/read-exports.ts'
import { readDeclarations, toLanguage } from '../languages/read-declarations.ts'
import { loadModule } from './load-modules.ts'
import type { ReadProject } from './read-project.ts'
import type { LoadedModule, Project } from '../server/project.ts'
import type { WorkerRoutes } from '../server/worker-routes.ts'

export interface ReloaderParts {
  readonly config: Config
  readonly read: ReadProject
  readonly project: Project
  readonly modules: Map<string, LoadedModule>
  readonly loader: ModuleLoader
  readonly workers: WorkerRoutes
  readonly assets: Assets
  readonly problems: readonly Problem[]
}

/** Paths below the project's directory; nothing is replaced where their files have changed meanwhile. */
export type Reload = (paths: readonly string[], isWhole: IsWhole) => Promise<boolean>

/**
 * Takes changes in that leave the table as it is: an edited handler, something it imports, a static file. Says false
 * for everything else, and then a new app is built beside the one that serves.
 */
export function createReloader(parts: ReloaderParts): Reload {
  const { config, read, project, loader, workers, assets } = parts
  const publicPrefix = `${(read.assets?.directory ?? config.publicDir).replace(/^\.\//, '')}/`
  const global = new Set([
    ...read.table.boot,
    ...read.table.scopes.flatMap((scope) => scope.plugins),
    ...read.table.middlewares.map((middleware) => middleware.file)
  ])
  const routeFiles = new Set(read.table.routes.map((route) => route.file))

  return async function reload(told, isWhole) {
    if (!project.hotRoutes || hasFaults(parts) || told.some(isStructure)) return false
    // A watcher tells of many files one after another; what was written together is taken in together.
    const stale = loader.listStale().map((file) => toName(config.dir, file))
    const paths = [...new Set([...told, ...stale])]
    if (paths.some(isStructure)) return false
    const kinds = paths.map(toKind)
    if (kinds.includes('asset')) assets.invalidate()
    const code = paths.filter((_, i) => kinds[i] === 'code')
    return code.length === 0 || reloadCode(code, isWhole)
  }

  function isStructure(path: string): boolean {
    return toKind(path) === 'structure'
  }

  function toKind(path: string): 'asset' | 'code' | 'structure' {
    if (path.startsWith(publicPrefix)) return path.endsWith('/_routes.json') ? 'structure' : 'asset'
    return read.exports.has(path) || isImported(path) ? 'code' : 'structure'
  }

  /** A file outside the tree that some module imports. */
  function isImported(path: string): boolean {
    return loader.listImporters(join(config.dir, path)).length > 0
  }

  async function reloadCode(paths: readonly string[], isWhole: IsWhole): Promise<boolean> {
    const files = paths.map((path) => join(config.dir, path))
    const dropped = new Set(loader.invalidate(files).map((file) => toName(config.dir, file)))
    const changed = new Set([...dropped, ...paths])
    if ([...changed].some((path) => global.has(path))) return false
    if (!(await areExportsSame(parts, [...changed]))) return false
    const stale = [...changed].filter((path) => routeFiles.has(path) && toLanguage(path) === 'javascript')
    const loaded = await Promise.all(
      stale.map(async (path) => [path, await loadModule(loader, config.dir, path)] as const)
    )
    if (loaded.some(([, module]) => module.kind === 'failed') || !isWhole()) return false
    for (const [path, module] of loaded) parts.modules.set(path, module)
    if ((await workers.reload(files)).length > 0) return false
    return project.hotRoutes?.replace(project, new Set(stale)) ?? false
  }
}

async function areExportsSame({ config, read }: ReloaderParts, paths: readonly string[]): Promise<boolean> {
  const same = await Promise.all(
    paths.map(async (path) => {
      const before = read.exports.get(path)
      return before === undefined || isDeepStrictEqual(before, await readDeclared(config, path))
    })
  )
  return same.every(Boolean)
}

/** What failed once may have left the app without something; a new one starts clean. */
function hasFaults({ modules, problems }: ReloaderParts): boolean {
  return (
    problems.some((problem) => problem.severity === 'error') ||
    [...modules.values()].some((module) => module.kind === 'failed')
  )
}

/** Undefined where the file can not be read any more. */
async function readDeclared(config: Config, path: string): Promise<DeclaredExports | undefined> {
  const language = toLanguage(path)
  const file = join(config.dir, path)
  try {
    const source = await readFile(file, 'utf8')
    if (language === undefined) return undefined
    if (language === 'javascript') return await readExports({ file, source, dir: config.dir })
    return { names: readDeclarations(language, source), default: 'none' }
  } catch {
    return undefined
  }
}

function toName(dir: string, file: string): string {
  return relative(dir, file).split(sep).join('/')
}
