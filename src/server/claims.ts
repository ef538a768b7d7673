import { toShape } from '../routes/format-pattern.ts'
import type { Pattern } from '../routes/pattern.ts'

/** What asks for methods at a URL: a route of the table, or a conflict of it. */
export interface Claimant {
  /** `*` is every method that no other claimant of the same pattern names. */
  readonly methods: readonly string[]
  readonly pattern: Pattern
  /** Whether GET comes with HEAD. Default true. */
  readonly hasHead?: boolean
}

/** One pattern as the router knows it: the optional rest has two. */
export interface Place {
  readonly pattern: Pattern
  /** Set for both URLs of an optional rest, which gives way to whatever else has one of them. */
  readonly isOptional: boolean
}

/** Which method of which place belongs to whom. The router has one handler for it; the more specific route gets it. */
export interface Claims {
  /** Which methods of a claimant are its own at this place, HEAD with GET. Each is given away once. */
  take(claimant: Pick<Claimant, 'methods' | 'hasHead'>, place: Place, supported: readonly string[]): string[]
  /** Whether `/` itself is answered for each of the methods. */
  hasRoot(methods: readonly string[]): boolean
}

/** The optional rest answers at two URLs: with something, and with nothing. */
export function listPlaces(pattern: Pattern): Place[] {
  if (pattern.at(-1)?.kind !== 'optional-rest') return [{ pattern, isOptional: false }]
  return [pattern, pattern.slice(0, -1)].map((each) => ({ pattern: each, isOptional: true }))
}

export function createClaims(claimants: readonly Claimant[]): Claims {
  const { named, known } = listKeys(claimants)
  const taken = new Set<string>()

  function listWanted(
    claimant: Pick<Claimant, 'methods' | 'hasHead'>,
    key: string,
    supported: readonly string[]
  ): string[] {
    const methods = claimant.methods.includes('*')
      ? supported.filter((method) => !known.has(`${method} ${key}`))
      : claimant.methods
    const hasHead = claimant.hasHead !== false && methods.includes('GET') && !named.has(`HEAD ${key}`)
    return [...new Set([...methods, ...(hasHead ? ['HEAD'] : [])])]
  }

  return {
    take(claimant, place, supported) {
      const shape = toShape(place.pattern)
      const wanted = listWanted(claimant, place.isOptional ? toKey(place) : shape, supported)
      const own = place.isOptional
        ? wanted.filter((method) => !known.has(`${method} ${shape}`) && !known.has(`* ${shape}`))
        : wanted
      const free = own.filter((method) => !taken.has(`${method} ${shape}`))
      for (const method of free) taken.add(`${method} ${shape}`)
      return free
    },
    hasRoot(methods) {
      if (known.has('* ') || known.has('* ?')) return true
      return methods.every((method) => known.has(`${method} `) || known.has(`${method} ?`))
    }
  }
}

/** Method and place of every claim; `known` has the HEAD too that comes with a GET. */
function listKeys(claimants: readonly Claimant[]): Readonly<Record<'named' | 'known', ReadonlySet<string>>> {
  const named = new Set<string>()
  const heads: string[] = []
  for (const { methods, pattern, hasHead = true } of claimants) {
    for (const place of listPlaces(pattern)) {
      const key = toKey(place)
      for (const method of methods) named.add(`${method} ${key}`)
      if (hasHead && methods.includes('GET')) heads.push(`HEAD ${key}`)
    }
  }
  return { named, known: new Set([...named, ...heads]) }
}

/** A question mark can stand in no URL. */
function toKey({ pattern, isOptional }: Place): string {
  return isOptional ? `${toShape(pattern)}?` : toShape(pattern)
}
