import { createProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { findScope, listScopeProblems, mergeScopes } from './assign-scopes.ts'
import { comparePatterns } from './compare-patterns.ts'
import { compareText } from './compare-text.ts'
import { toDisplayUrl, toShape } from './format-pattern.ts'
import type { Route } from './route.ts'
import type { Conflict, RouteTable } from './table.ts'

export interface BuiltTable {
  readonly table: RouteTable
  readonly problems: readonly Problem[]
}

/**
 * Sorts, assigns each route its scope, finds conflicts, freezes. Pure.
 * Same method, same pattern, two files: a conflict, and neither is served. A URL that fn.config.json gives yields to
 * a file that is named so, unless it is forced.
 */
export function buildTable(parts: Omit<RouteTable, 'conflicts'>): BuiltTable {
  const scopes = mergeScopes(parts.scopes)
  const scoped = parts.routes.map((route) => ({ ...route, scope: findScope(scopes, route) }))
  const { routes, conflicts, problems } = settleConflicts(scoped)
  const table: RouteTable = {
    ...parts,
    routes: routes.toSorted(compareRoutes),
    conflicts,
    scopes,
    middlewares: parts.middlewares.toSorted(
      (a, b) => a.pattern.length - b.pattern.length || compareText(a.file, b.file)
    ),
    privateFiles: parts.privateFiles.toSorted((a, b) => compareText(a.file, b.file))
  }
  return { table: freeze(table), problems: [...problems, ...listScopeProblems(scopes, table.routes)] }
}

function compareRoutes(a: Route, b: Route): number {
  return (
    comparePatterns(a.pattern, b.pattern) ||
    compareText(a.methods.join(), b.methods.join()) ||
    compareText(a.file, b.file)
  )
}

interface Claim {
  readonly route: Route
  readonly method: string
}

function settleConflicts(routes: readonly Route[]): {
  routes: Route[]
  conflicts: Conflict[]
  problems: Problem[]
} {
  const claims = groupClaims(routes)
  const lost = new Map<Route, Set<string>>()
  const conflicts: Conflict[] = []
  const problems: Problem[] = []
  for (const group of claims.values()) {
    const { kept, yielded } = settleGroup(group)
    const losers = kept.length > 1 ? group : yielded
    for (const claim of losers) markLost(lost, claim)
    if (kept.length > 1) conflicts.push(toConflict(kept))
    for (const claim of yielded)
      if (claim.route.declaredIn !== undefined) problems.push(toYieldProblem(claim, kept[0]))
  }
  const left = routes.flatMap((route) => withoutMethods(route, lost.get(route)))
  return { routes: left, conflicts, problems: [...conflicts.map(toConflictProblem), ...problems] }
}

/** Claims to one method of one pattern, two exports of one file counting as one. */
function groupClaims(routes: readonly Route[]): Map<string, Claim[]> {
  const groups = new Map<string, Claim[]>()
  for (const route of routes) {
    for (const method of route.methods) {
      const key = `${method} ${toShape(route.pattern)}${route.pattern.at(-1)?.kind === 'optional-rest' ? '?' : ''}`
      const group = groups.get(key)
      if (group) group.push({ route, method })
      else groups.set(key, [{ route, method }])
    }
  }
  return groups
}

/** Forced routes come first, then files that are named so, then what fn.config.json declares. */
function settleGroup(group: readonly Claim[]): { kept: readonly Claim[]; yielded: readonly Claim[] } {
  if (group.length === 1) return { kept: group, yielded: [] }
  const best = Math.min(...group.map(toRank))
  const kept = group.filter((claim) => toRank(claim) === best)
  const files = new Set(kept.map((claim) => claim.route.file))
  const yielded = group.filter((claim) => toRank(claim) !== best)
  return files.size > 1
    ? { kept, yielded }
    : { kept: kept.slice(0, 1), yielded: [...yielded, ...kept.slice(1)] }
}

function toRank(claim: Claim): number {
  if (claim.route.forced) return 0
  return claim.route.declaredIn === undefined ? 1 : 2
}

function markLost(lost: Map<Route, Set<string>>, claim: Claim): void {
  const methods = lost.get(claim.route) ?? new Set()
  lost.set(claim.route, methods.add(claim.method))
}

function withoutMethods(route: Route, lost: ReadonlySet<string> | undefined): Route[] {
  if (!lost) return [route]
  const methods = route.methods.filter((method) => !lost.has(method))
  return methods.length > 0 ? [{ ...route, methods }] : []
}

function toConflict(kept: readonly Claim[]): Conflict {
  const first = kept[0]
  const files = [...new Set(kept.map((claim) => claim.route.file))].toSorted(compareText)
  return { method: first?.method ?? '*', pattern: first?.route.pattern ?? [], files }
}

function toConflictProblem(conflict: Conflict): Problem {
  const method = conflict.method === '*' ? 'every method of' : conflict.method
  const message = `${conflict.files.join(' and ')} both answer ${method} ${toDisplayUrl(conflict.pattern)}.`
  return createProblem('TREEWAY_ROUTE_CONFLICT', message, { file: conflict.files[0] ?? '' })
}

function toYieldProblem(claim: Claim, winner: Claim | undefined): Problem {
  const url = toDisplayUrl(claim.route.pattern)
  const message = `It gives ${claim.method} ${url} to ${claim.route.file}, but ${winner?.route.file} has that URL by its name and keeps it.`
  return createProblem('TREEWAY_ROUTE_CONFLICT', message, {
    file: claim.route.declaredIn ?? claim.route.file,
    severity: 'warning',
    fix: 'Choose another URL, or set "force-url": true to take it.'
  })
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) freeze(inner)
  }
  return value
}
