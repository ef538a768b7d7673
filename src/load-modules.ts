import { join } from 'node:path'
import { TreewayError } from './errors.ts'
import type { ModuleLoader } from './languages/javascript/create-module-loader.ts'
import type { RouteTable } from './routes/table.ts'
import type { LoadedModule } from './server/project.ts'

/** Loads every JavaScript file that the table names. One that fails does not stop the others. */
export async function loadModules(
  dir: string,
  table: RouteTable,
  loader: ModuleLoader
): Promise<Map<string, LoadedModule>> {
  const routeFiles = table.routes.filter((route) => route.language === 'javascript' && route.redirect === undefined)
  const files = new Set([
    ...table.boot,
    ...table.scopes.flatMap((scope) => scope.plugins),
    ...table.middlewares.map((middleware) => middleware.file),
    ...routeFiles.map((route) => route.file)
  ])
  const loaded = await Promise.all([...files].map(async (file) => [file, await loadModule(loader, dir, file)] as const))
  return new Map(loaded)
}

export async function loadModule(loader: ModuleLoader, dir: string, file: string): Promise<LoadedModule> {
  try {
    return { kind: 'loaded', exports: await loader.load(join(dir, file)) }
  } catch (error) {
    if (error instanceof TreewayError) return { kind: 'failed', error }
    return { kind: 'failed', error: new TreewayError('TREEWAY_LOAD_FAILED', `${file} failed while it was loaded.`, { cause: error }) }
  }
}
