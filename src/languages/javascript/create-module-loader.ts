import { join } from 'node:path'
import type { Problem } from '../../errors.ts'
import { createBuiltModules } from './built-modules.ts'
import { createEsbuildService } from './esbuild-service.ts'
import { toLoadError } from './load-error.ts'
import { createModuleEvaluator } from './module-evaluator.ts'
import { createModuleGraph } from './module-graph.ts'
import {
  createRecordCompiler,
  createRecordReader,
  type ModuleGlobals,
  type RecordReader
} from './module-record.ts'
import { createModuleRecords } from './module-records.ts'
import { createNativeModules } from './native-modules.ts'
import { createPackageFolders, type InstalledPackages } from './package-folders.ts'
import { createPackageScopes } from './package-scope.ts'
import { createResolver, type Resolve } from './resolve-import.ts'
import { createTransformCache } from './transform-cache.ts'
import { createFolderConfigs } from './tsconfig.ts'

export interface ModuleLoaderOptions {
  /** Absolute project directory. */
  readonly dir: string
  /** Absolute folder of Treeway's own files: transformed code is kept below it. Default: in memory only. */
  readonly stateDir?: string | undefined
  /** Absolute folder of the modules that `treeway build` wrote. Default: every file is read and transformed. */
  readonly modulesDir?: string | undefined
  /** Asked once per file and evaluation. Nothing global is replaced. */
  readonly globalsFor?: ((file: string) => ModuleGlobals | undefined) | undefined
  /** A configuration file that can not be used, and the like. */
  readonly onWarning?: ((problem: Problem) => void) | undefined
}

/** Loads the project's own JavaScript and TypeScript, and loads it anew when it changes. Files are absolute. */
export interface ModuleLoader {
  /**
   * The raw exports, evaluated once until they are invalidated: `module.exports`; an ES module has `__esModule`.
   * Rejects with TREEWAY_SYNTAX or TREEWAY_LOAD_FAILED; a load that failed is tried again by the next call.
   */
  load(file: string): Promise<unknown>
  /** These files changed, came or went: drops them and all that import them, and lists what was dropped. */
  invalidate(files: readonly string[]): readonly string[]
  /** Where packages were installed for folders of the project. Modules there for which others held are dropped. */
  usePackages(installed: InstalledPackages): void
  /** Files that were read and may be other ones by now. */
  listStale(): readonly string[]
  /** The file was read, and is what it was then. */
  isCurrent(file: string): boolean
  /** The project's files that `file` imports, directly or not, as far as it has been loaded. */
  listDependencies(file: string): readonly string[]
  /** The project's files that import `file` themselves, as far as they have been loaded. */
  listImporters(file: string): readonly string[]
  /** Ends esbuild's process until something is to be transformed again: it takes more memory than most trees. */
  rest(): Promise<void>
  /** Drops everything and ends esbuild's process. */
  close(): Promise<void>
}

/**
 * A loader with a module cache of its own. The project's files become CommonJS and are evaluated here, so that
 * `import` and `require` mix and a dropped module is freed; packages are loaded by Node.
 *
 * @example
 * const loader = createModuleLoader({ dir: '/srv/shop' })
 * const exports = await loader.load('/srv/shop/functions/hello.ts')
 */
export function createModuleLoader(options: ModuleLoaderOptions): ModuleLoader {
  const { dir } = options
  const cache = createTransformCache(options.stateDir)
  const configs = createFolderConfigs(options.onWarning ?? (() => undefined))
  const scopes = createPackageScopes()
  const esbuild = createEsbuildService()
  const packages = createPackageFolders()
  const native = createNativeModules(scopes, packages)
  const graph = createModuleGraph()
  const globalsFor = options.globalsFor ?? (() => undefined)
  const onDisk = {
    resolve: createResolver({ dir, native, configs }),
    reader: createRecordReader({ dir, cache, configs, esbuild, globalsFor })
  }
  const { modulesDir } = options
  const { resolve, reader } =
    modulesDir === undefined ? onDisk : toBuiltSources(onDisk, { dir, modulesDir, globalsFor })
  const records = createModuleRecords({
    graph,
    native,
    resolve,
    reader
  })
  const evaluator = createModuleEvaluator({ native, scopes, records, globalsFor })

  const { dropAll, invalidate } = createInvalidation({ evaluator, records, graph, configs, scopes })

  return {
    async load(file) {
      try {
        return await evaluator.load(file)
      } catch (error) {
        throw toLoadError(error, file, dir)
      }
    },
    invalidate,
    usePackages(installed) {
      const folders = packages.use(installed).map((folder) => join(folder, '/'))
      if (folders.length === 0) return
      const isBelow = (file: string): boolean => folders.some((folder) => file.startsWith(folder))
      invalidate(records.listKnown().filter(isBelow))
    },
    listStale: () => records.listKnown().filter((file) => !records.isCurrent(file)),
    isCurrent: (file) => records.isCurrent(file),
    listDependencies: (file) => graph.listDependencies(file),
    rest: () => esbuild.stop(),
    listImporters: (file) => graph.listImporters(file),
    async close() {
      dropAll()
      await cache.settle()
      await esbuild.stop()
    }
  }
}

interface ModuleSources {
  readonly resolve: Resolve
  readonly reader: RecordReader
}

/** What a build has not is still found on disk. */
function toBuiltSources(
  { resolve, reader }: ModuleSources,
  options: { dir: string; modulesDir: string; globalsFor: Parameters<typeof createRecordCompiler>[0] }
): ModuleSources {
  const built = createBuiltModules({ ...options, compile: createRecordCompiler(options.globalsFor) })
  return { resolve: built.toResolve(resolve), reader: built.toReader(reader) }
}

interface InvalidationParts {
  readonly evaluator: ReturnType<typeof createModuleEvaluator>
  readonly records: ReturnType<typeof createModuleRecords>
  readonly graph: ReturnType<typeof createModuleGraph>
  readonly configs: ReturnType<typeof createFolderConfigs>
  readonly scopes: ReturnType<typeof createPackageScopes>
}

/** Forgets modules, so that they are read and evaluated anew. */
function createInvalidation({ evaluator, records, graph, configs, scopes }: InvalidationParts) {
  function drop(file: string): void {
    evaluator.drop(file)
    records.drop(file)
  }

  function dropAll(): readonly string[] {
    const known = records.listKnown()
    for (const file of known) drop(file)
    return known
  }

  function invalidate(files: readonly string[]): readonly string[] {
    // How a file is read, and what its imports mean, hangs on these.
    if (files.some((file) => /[\\/]((ts|js)config[^\\/]*|package)\.json$/.test(file))) {
      configs.forget()
      scopes.forget()
      return dropAll()
    }
    const changed = [...files, ...listRivals(files)]
    const affected = graph.listAffected(changed)
    const dropped = affected.filter((file) => records.has(file))
    for (const file of changed) drop(file)
    for (const file of affected) {
      evaluator.drop(file)
      records.unlink(file)
    }
    return dropped
  }

  /** `./x` may have meant x/index.js, and now that there is an x.ts it means that. */
  function listRivals(files: readonly string[]): string[] {
    const stems = new Set(files.filter((file) => !records.has(file)).map(toStem))
    return stems.size === 0 ? [] : records.listKnown().filter((file) => stems.has(toStem(file)))
  }

  return { dropAll, invalidate }
}

/** What an import may call a file. */
function toStem(file: string): string {
  return file.replace(/([\\/]index)?\.[^.\\/]+$/, '')
}
