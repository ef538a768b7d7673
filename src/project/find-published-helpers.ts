import { join, relative, sep } from 'node:path'
import { createProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import type { ModuleLoader } from '../languages/javascript/create-module-loader.ts'
import { toDisplayUrl } from '../routes/format-pattern.ts'
import type { Route } from '../routes/route.ts'
import type { RouteTable } from '../routes/table.ts'

export interface LoadedTree {
  /** Absolute project directory. */
  readonly dir: string
  readonly table: RouteTable
  readonly loader: Pick<ModuleLoader, 'listImporters'>
}

/**
 * A default export that is a function answers a URL. On Pages, and in many a head, such a file is a helper where another
 * one imports it, so that is said: nothing is published by accident.
 */
export function findPublishedHelpers({ dir, table, loader }: LoadedTree): Problem[] {
  return table.routes.filter(isPlainFunction).flatMap((route) => {
    const [importer] = loader.listImporters(join(dir, route.file))
    if (importer === undefined) return []
    const user = relative(dir, importer).split(sep).join('/')
    const message = `${route.file} is imported by ${user}, and its default export answers ${toDisplayUrl(route.pattern)}.`
    return [createProblem('TREEWAY_HELPER_PUBLISHED', message, { severity: 'warning', file: route.file })]
  })
}

/** Its URL comes from its name, and nothing in it says that it is meant as a handler. */
function isPlainFunction({ convention, language, style, declaredIn }: Route): boolean {
  return convention === 'fastfn' && language === 'javascript' && style === 'reply' && declaredIn === undefined
}
