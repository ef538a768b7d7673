import type { Part, Pattern, Segment } from '../../src/routes/pattern.ts'

/** The part of a route that decides what it answers. */
export interface PlainRoute {
  readonly file: string
  readonly methods: readonly string[]
  readonly pattern: Pattern
}

export type Params = Readonly<Record<string, string>>

/** What must answer: one of these routes, nobody (a conflict), or nothing. */
export type Verdict =
  | {
      readonly kind: 'answers'
      readonly allowed: readonly { readonly file: string; readonly params: Params }[]
    }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'method-not-allowed' }
  | { readonly kind: 'not-found' }

interface Hit {
  readonly route: PlainRoute
  readonly params: Params
}

/**
 * design.md section 3, read literally: look at every route, keep those that match the path and have the method, and
 * compare them segment by segment from the left. Slow and simple on purpose; it shares no code with `src/`.
 */
export function decide(routes: readonly PlainRoute[], method: string, path: string): Verdict {
  const segments = toSegments(path)
  const hits = routes.flatMap((route): Hit[] => {
    const params = matchPattern(route.pattern, segments)
    return params ? [{ route, params }] : []
  })
  const able = hits.filter((hit) => hasMethod(hit.route, method, routes))
  if (able.length === 0) return { kind: hits.length > 0 ? 'method-not-allowed' : 'not-found' }
  const best = able.filter(
    (hit) => !able.some((other) => compare(other.route.pattern, hit.route.pattern) < 0)
  )
  if (best.some((hit) => isContested(hit, best, method))) return { kind: 'conflict' }
  return { kind: 'answers', allowed: best.map(({ route, params }) => ({ file: route.file, params })) }
}

/** Repeated slashes are one, a slash at the end is none. */
function toSegments(path: string): string[] {
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => decodeURIComponent(segment))
}

function matchPattern(pattern: Pattern, segments: readonly string[]): Params | undefined {
  const [first, ...others] = pattern
  if (first === undefined) return segments.length === 0 ? {} : undefined
  if (first.kind === 'rest') return segments.length > 0 ? { [first.name]: segments.join('/') } : undefined
  if (first.kind === 'optional-rest') return segments.length > 0 ? { [first.name]: segments.join('/') } : {}
  const [segment, ...rest] = segments
  const own = segment === undefined ? undefined : matchSegment(first, segment)
  const deeper = own && matchPattern(others, rest)
  return deeper && { ...own, ...deeper }
}

function matchSegment(
  wanted: Exclude<Segment, { kind: 'rest' | 'optional-rest' }>,
  text: string
): Params | undefined {
  if (wanted.kind === 'text') return wanted.text === text ? {} : undefined
  if (wanted.kind === 'param') return { [wanted.name]: text }
  return matchParts(wanted.parts, text)
}

/** No parameter is empty; the text before a later one begins nowhere in it, so the first takes as much as it can. */
function matchParts(
  parts: readonly Part[],
  text: string,
  previous?: { readonly text: string }
): Params | undefined {
  const [part, ...others] = parts
  if (part === undefined) return text === '' ? {} : undefined
  if (part.kind === 'text') {
    const rest = text.startsWith(part.text) ? text.slice(part.text.length) : undefined
    return rest === undefined ? undefined : matchParts(others, rest, previous && { text: part.text })
  }
  for (let length = text.length; length > 0; length--) {
    const value = text.slice(0, length)
    const isAllowed = !previous?.text || !beginsWithin(text, previous.text, length)
    const rest = isAllowed ? matchParts(others, text.slice(length), { text: '' }) : undefined
    if (rest) return { [part.name]: value, ...rest }
  }
  return undefined
}

function beginsWithin(text: string, wanted: string, length: number): boolean {
  const found = text.indexOf(wanted)
  return found !== -1 && found < length
}

/** HEAD comes with GET; ANY is what no other route of the same pattern names. */
function hasMethod(route: PlainRoute, method: string, routes: readonly PlainRoute[]): boolean {
  if (!route.methods.includes('*')) return names(route, method)
  return !routes.some(
    (other) => compare(other.pattern, route.pattern) === 0 && isSame(other, route) && names(other, method)
  )
}

function names(route: PlainRoute, method: string): boolean {
  return route.methods.includes(method) || (method === 'HEAD' && route.methods.includes('GET'))
}

/** Another file answers the same method of the same pattern; a file that names HEAD beats one that has it from GET. */
function isContested(hit: Hit, best: readonly Hit[], method: string): boolean {
  const rivals = best.filter((other) => isSame(other.route, hit.route))
  const named = rivals.filter((other) => other.route.methods.includes(method))
  const claiming = named.length > 0 ? named : rivals
  return new Set(claiming.map((other) => other.route.file)).size > 1
}

function isSame(a: PlainRoute, b: PlainRoute): boolean {
  return toForm(a.pattern) === toForm(b.pattern)
}

/** The pattern without the names of its parameters. */
function toForm(pattern: Pattern): string {
  return JSON.stringify(pattern, (key, value: unknown) => (key === 'name' ? undefined : value))
}

const RANK = { text: 0, mixed: 1, param: 2, rest: 3, 'optional-rest': 4 } as const

/** Negative where `a` is asked first; 0 where the rules do not say. Both match the same path. */
function compare(a: Pattern, b: Pattern): number {
  for (const [i, left] of a.entries()) {
    const right = b[i]
    // A pattern that ends is asked before one that goes on with an optional rest.
    if (right === undefined) return 1
    if (left.kind !== right.kind) return RANK[left.kind] - RANK[right.kind]
    if (left.kind === 'mixed' && right.kind === 'mixed') {
      const order = compareMixed(left.parts, right.parts)
      if (order !== 0) return order
      if (toForm([left]) !== toForm([right])) return 0
    }
  }
  return a.length - b.length
}

/** The longer text in front is asked first, then the longer text at the end. */
function compareMixed(a: readonly Part[], b: readonly Part[]): number {
  return toText(b[0]).length - toText(a[0]).length || toText(b.at(-1)).length - toText(a.at(-1)).length
}

function toText(part: Part | undefined): string {
  return part?.kind === 'text' ? part.text : ''
}
