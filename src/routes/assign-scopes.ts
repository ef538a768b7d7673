import { createProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { compareText } from './compare-text.ts'
import { toDisplayUrl, toShape } from './format-pattern.ts'
import type { Pattern } from './pattern.ts'
import type { Route } from './route.ts'
import type { Scope } from './table.ts'

/**
 * One scope for each URL that has plugins: `functions/admin` and `routes/admin` are two folders of one URL, and what
 * guards the one guards the other. Outer scopes come first.
 */
export function mergeScopes(scopes: readonly Scope[]): Scope[] {
  const byShape = new Map<string, Scope>()
  for (const scope of scopes.toSorted((a, b) => compareText(a.folder, b.folder))) {
    const known = byShape.get(toShape(scope.pattern))
    byShape.set(toShape(scope.pattern), known ? mergeTwo(known, scope) : scope)
  }
  const sorted = [...byShape.values()].map((scope) => ({
    ...scope,
    plugins: scope.plugins.toSorted(compareText)
  }))
  return sorted.toSorted((a, b) => a.pattern.length - b.pattern.length || compareText(a.folder, b.folder))
}

function mergeTwo(a: Scope, b: Scope): Scope {
  return { ...a, folders: [...a.folders, ...b.folders], plugins: [...a.plugins, ...b.plugins] }
}

/** The innermost scope that holds for a route: its URL goes on below the scope's, or its file lies in such a folder. */
export function findScope(scopes: readonly Scope[], route: Route): string {
  const holding = scopes.filter((scope) => {
    const isBelow = isPrefix(scope.pattern, route.pattern)
    return isBelow && scope.pattern.length <= Math.max(route.folderDepth, route.pattern.length - 1)
  })
  return holding.at(-1)?.folder ?? ''
}

/** Whether `pattern` begins with `prefix`, parameter names aside. */
export function isPrefix(prefix: Pattern, pattern: Pattern): boolean {
  return prefix.length <= pattern.length && toShape(pattern.slice(0, prefix.length)) === toShape(prefix)
}

/**
 * A plugin holds below its folder's URL. A route of the folder that has its URL elsewhere would not be covered, and one
 * that names the folder's parameter differently would get it under the plugin's name.
 */
export function listScopeProblems(scopes: readonly Scope[], routes: readonly Route[]): Problem[] {
  return routes.flatMap((route) => [...listEscape(scopes, route), ...listOtherName(scopes, route)])
}

function listEscape(scopes: readonly Scope[], route: Route): Problem[] {
  const own = scopes
    .filter((scope) => scope.folders.some((folder) => folder === '.' || route.file.startsWith(`${folder}/`)))
    .at(-1)
  if (!own || isPrefix(own.pattern, route.pattern)) return []
  const message = `${route.file} answers ${toDisplayUrl(route.pattern)}, which is outside ${toDisplayUrl(own.pattern)}: the plugins of ${own.folder} can not cover it.`
  const fix = 'Give it a URL below its folder, or move the plugins to the root of the tree.'
  return [createProblem('TREEWAY_SCOPE_ESCAPE', message, { file: route.declaredIn ?? route.file, fix })]
}

function listOtherName(scopes: readonly Scope[], route: Route): Problem[] {
  const scope = scopes.find((each) => each.folder === route.scope)
  const own = scope && route.pattern.slice(0, scope.pattern.length)
  if (!own || toDisplayUrl(own) === toDisplayUrl(scope.pattern)) return []
  const message = `${route.file} calls a parameter otherwise than the folder of its plugins: ${toDisplayUrl(own)}, not ${toDisplayUrl(scope.pattern)}.`
  const fix = 'Use one name for the parameter of both folders.'
  return [createProblem('TREEWAY_SCOPE_ESCAPE', message, { file: route.file, fix })]
}
