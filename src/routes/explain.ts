import { comparePatterns } from './compare-patterns.ts'
import { toDisplayUrl, toShape } from './format-pattern.ts'
import { createPrefixMatcher, createUrlMatcher } from './match-url.ts'
import type { Pattern, Segment } from './pattern.ts'
import type { Route } from './route.ts'
import type { RouteTable } from './table.ts'

/** One route that a request could have reached, and in words why it did or did not. */
export interface Candidate {
  readonly route: Route
  readonly url: string
  readonly outcome: 'wins' | 'loses' | 'other-method'
  readonly reason: string
}

export interface Explanation {
  readonly method: string
  readonly path: string
  /** The route that answers; absent for 404, 405 and 409. */
  readonly winner?: Route
  /** Every route whose pattern matches, best first. */
  readonly candidates: readonly Candidate[]
  /** Two files claim it: nobody answers. */
  readonly conflictFiles: readonly string[]
  /** Files of `_middleware` that wrap the URL, outermost first. */
  readonly middlewares: readonly string[]
}

/** Which file answers a method and a path, why, and who else lost. `path`: canonical, a query is dropped. */
export function explainUrl(table: RouteTable, method: string, url: string): Explanation {
  const path = url.split('?', 1)[0] ?? '/'
  const contenders = createUrlMatcher(listContenders(table)).match(path)
  const best = pickWinner(contenders, method)
  const matches = contenders.flatMap((contender) => contender.route ?? [])
  return {
    method,
    path,
    ...(best?.route ? { winner: best.route } : {}),
    candidates: matches.map((route) => toCandidate(route, method, best?.route)),
    conflictFiles: best?.route ? [] : (best?.files ?? []),
    middlewares: listMiddlewares(table, path)
  }
}

/** A route, or a conflict: it has its URL as a route would, and answers 409. */
interface Contender {
  readonly methods: readonly string[]
  readonly pattern: Pattern
  readonly route?: Route
  readonly files: readonly string[]
}

function listContenders({ routes, conflicts }: RouteTable): Contender[] {
  const served = routes.map((route) => ({
    methods: route.methods,
    pattern: route.pattern,
    route,
    files: [route.file]
  }))
  const contested = conflicts.map(({ method, pattern, files }) => ({ methods: [method], pattern, files }))
  return [...contested, ...served].toSorted((a, b) => comparePatterns(a.pattern, b.pattern))
}

type Claim = Pick<Route, 'methods' | 'pattern'>

/**
 * Of what matches, the best first, the one that answers: the first that has the method. Of one pattern: who names the
 * method, then GET for HEAD, then ANY.
 */
export function pickWinner<T extends Claim>(matches: readonly T[], method: string): T | undefined {
  const able = matches.filter((match) => hasMethod(match, method))
  const equals = able.filter((match) => isSamePlace(match, able[0]))
  return (
    equals.find((match) => match.methods.includes(method)) ??
    equals.find((match) => !match.methods.includes('*')) ??
    equals[0]
  )
}

function hasMethod({ methods }: Pick<Route, 'methods'>, method: string): boolean {
  if (methods.includes('*') || methods.includes(method)) return true
  return method === 'HEAD' && methods.includes('GET')
}

function isSamePlace(a: Claim, b: Claim | undefined): boolean {
  if (b === undefined || toShape(a.pattern) !== toShape(b.pattern)) return false
  return a.pattern.at(-1)?.kind === b.pattern.at(-1)?.kind
}

function toCandidate(route: Route, method: string, winner: Route | undefined): Candidate {
  const url = toDisplayUrl(route.pattern)
  if (route === winner) return { route, url, outcome: 'wins', reason: toWinReason(route.pattern) }
  if (!hasMethod(route, method)) {
    return {
      route,
      url,
      outcome: 'other-method',
      reason: `It answers ${route.methods.join(', ')}, not ${method}.`
    }
  }
  const reason = winner
    ? toLossReason(winner.pattern, route.pattern)
    : 'Another file claims the same method and URL.'
  return { route, url, outcome: 'loses', reason }
}

function toWinReason(pattern: Pattern): string {
  const kinds = pattern.filter((segment) => segment.kind !== 'text')
  if (kinds.length === 0) return 'Its path is text from end to end.'
  return 'No route that matches is more specific, segment by segment from the left.'
}

const NOUN: Readonly<Record<Segment['kind'], string>> = {
  text: 'text',
  mixed: 'text with a parameter',
  param: 'a parameter',
  rest: 'the rest of the path',
  'optional-rest': 'the rest of the path or nothing'
}

function toLossReason(winner: Pattern, loser: Pattern): string {
  const index = winner.findIndex((segment, i) => segment.kind !== loser[i]?.kind)
  const mine = loser[index]
  const theirs = winner[index]
  if (!theirs) return 'It goes on with an optional rest where the other ends.'
  if (!mine) return 'It is the shorter pattern.'
  return `Its segment ${index + 1} is ${NOUN[mine.kind]}; ${NOUN[theirs.kind]} is asked first.`
}

function listMiddlewares(table: RouteTable, path: string): string[] {
  const matched = new Set(createPrefixMatcher(table.middlewares).match(path))
  return table.middlewares
    .filter((middleware) => matched.has(middleware))
    .map((middleware) => middleware.file)
}
