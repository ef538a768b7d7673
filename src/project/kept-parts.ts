import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Config } from '../config/config.ts'
import { createFolderCache } from '../files/folder-cache.ts'
import type { FolderCache } from '../files/folder-cache.ts'
import { createModuleLoader } from '../languages/javascript/create-module-loader.ts'
import type { ModuleLoader } from '../languages/javascript/create-module-loader.ts'
import type { RouteTable } from '../routes/table.ts'
import { createKeptExports } from './kept-exports.ts'
import type { KeptExports } from './kept-exports.ts'
import { createGlobals, toFolderEnvs } from './module-globals.ts'
import type { FolderEnvs } from './module-globals.ts'

/** What a project keeps from one app to the next, so that only what changed is read and loaded again. */
export interface KeptParts {
  readonly folders: FolderCache
  readonly exports: KeptExports
  /** The loader for the next app, with the modules that need not be run again. It is not closed with the app. */
  takeLoader(table: RouteTable, files: Iterable<string>): ModuleLoader
  /** Something happened to these files or folders, below the project's directory: they are read again. */
  forget(paths: readonly string[]): void
  /** The modules of these files and of all others that changed, and what imports them, are loaded anew. */
  unload(paths: readonly string[]): void
  /** It is loaded as it is. */
  isLoaded(path: string): boolean
  /** When the last app is closed. */
  close(): Promise<void>
}

/** Holds for one configuration: with another one everything is another. */
export function createKeptParts(config: Pick<Config, 'dir' | 'stateDir'>): KeptParts {
  const { dir } = config
  let envs: FolderEnvs = new Map()
  let globalsFor = createGlobals(envs)
  const loader = createModuleLoader({
    dir,
    stateDir: join(dir, config.stateDir),
    globalsFor: (file) => globalsFor(file)
  })
  const folders = createFolderCache()
  const exports = createKeptExports()
  let plugins: readonly string[] = []
  /** What the plugins of the app before imported: a changed file may import other things by now. */
  const owned = new Set<string>()

  function noteOwned(): void {
    for (const file of withDependencies(loader, plugins)) owned.add(file)
  }

  function invalidate(files: readonly string[]): readonly string[] {
    noteOwned()
    return loader.invalidate(files)
  }

  return {
    folders,
    exports,
    takeLoader(table, files) {
      const next = toFolderEnvs(dir, table)
      const others = listOtherEnvs(envs, next)
      const stale = others.size === 0 ? [] : [...files].map((file) => join(dir, file))
      envs = next
      globalsFor = createGlobals(envs)
      noteOwned()
      plugins = listPluginFiles(dir, table)
      noteOwned()
      loader.invalidate([...stale.filter((file) => others.has(dirname(file))), ...owned])
      owned.clear()
      return { ...loader, invalidate, close: async () => undefined }
    },
    forget(paths) {
      const files = paths.map((path) => join(dir, path))
      folders.forget(files)
      exports.forget(files)
    },
    unload: (paths) => void invalidate([...paths.map((path) => join(dir, path)), ...loader.listStale()]),
    isLoaded: (path) => loader.isCurrent(join(dir, path)),
    close: () => loader.close()
  }
}

/**
 * Boot files and plugins get the server and may hook on to its end, where they close what they opened: that, and what
 * they share it with, belongs to one app. Other modules never see which app they serve.
 */
function listPluginFiles(dir: string, { boot, scopes }: RouteTable): string[] {
  return [...boot, ...scopes.flatMap((scope) => scope.plugins)].map((file) => join(dir, file))
}

function withDependencies(loader: ModuleLoader, files: readonly string[]): string[] {
  return [...new Set(files.flatMap((file) => [file, ...loader.listDependencies(file)]))]
}

/** Folders whose variables are other ones now. */
function listOtherEnvs(before: FolderEnvs, after: FolderEnvs): ReadonlySet<string> {
  const folders = [...before.keys(), ...after.keys()]
  return new Set(folders.filter((folder) => !isDeepStrictEqual(before.get(folder), after.get(folder))))
}
