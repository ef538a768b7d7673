import { join } from 'node:path'
import { TreewayError } from '../errors.ts'
import type { ModuleLoader } from '../languages/javascript/create-module-loader.ts'
import type { RouteTable } from '../routes/table.ts'
import type { LoadedModule, SettledModule } from '../server/project.ts'

export interface LoadModulesOptions {
  /** Absolute project directory. */
  readonly dir: string
  readonly table: RouteTable
  readonly loader: ModuleLoader
  /** Files that are not loaded, and why. */
  readonly refused?: ReadonlyMap<string, TreewayError> | undefined
  /** Whether a file of handlers waits for its first request. Default: none does. */
  readonly isLazy?: ((file: string) => boolean) | undefined
}

/** Loads every JavaScript file that the table names. One that fails does not stop the others. */
export async function loadModules(options: LoadModulesOptions): Promise<Map<string, LoadedModule>> {
  const { dir, table, loader, refused, isLazy = () => false } = options
  const routeFiles = table.routes.filter(
    (route) => route.language === 'javascript' && route.redirect === undefined
  )
  const files = new Set([
    ...table.boot,
    ...table.scopes.flatMap((scope) => scope.plugins),
    ...table.middlewares.map((middleware) => middleware.file)
  ])
  const modules = new Map<string, LoadedModule>()
  for (const { file } of routeFiles) {
    if (files.has(file)) continue
    if (isLazy(file))
      modules.set(
        file,
        createLazyModule(() => loadModule(loader, dir, file))
      )
    else files.add(file)
  }
  const load = async (file: string): Promise<void> => {
    const error = refused?.get(file)
    modules.set(file, error ? { kind: 'failed', error } : await loadModule(loader, dir, file))
  }
  await Promise.all([...files].map(load))
  return modules
}

/** Loaded once, whoever asks; one that failed is tried again. */
function createLazyModule(load: () => Promise<SettledModule>): LoadedModule {
  let loading: Promise<SettledModule> | undefined
  return {
    kind: 'lazy',
    async load() {
      loading ??= load()
      const module = await loading
      if (module.kind === 'failed') loading = undefined
      return module
    }
  }
}

export async function loadModule(loader: ModuleLoader, dir: string, file: string): Promise<SettledModule> {
  try {
    return { kind: 'loaded', exports: await loader.load(join(dir, file)) }
  } catch (error) {
    if (error instanceof TreewayError) return { kind: 'failed', error }
    return {
      kind: 'failed',
      error: new TreewayError('TREEWAY_LOAD_FAILED', `${file} failed while it was loaded.`, { cause: error })
    }
  }
}
