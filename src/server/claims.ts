import { toShape } from '../routes/format-pattern.ts'
import type { Pattern } from '../routes/pattern.ts'

/** What asks for methods at a URL: a route of the table, or a conflict of it. */
export interface Claimant {
  /** `*` is every method that no other claimant of the same pattern names. */
  readonly methods: readonly string[]
  readonly pattern: Pattern
}

/** One pattern as the router knows it: the optional rest has two. */
export interface Place {
  readonly pattern: Pattern
  /** Set for both URLs of an optional rest, which gives way to whatever else has one of them. */
  readonly isOptional: boolean
}

/** Which method of which place belongs to whom. The router has one handler for it; the more specific route gets it. */
export interface Claims {
  /** Which of the methods belong to a claimant at this place. Each is given away once. */
  take(methods: readonly string[], place: Place, supported: readonly string[]): string[]
  /** Whether `/` itself is answered for each of the methods. */
  hasRoot(methods: readonly string[]): boolean
}

/** The optional rest answers at two URLs: with something, and with nothing. */
export function listPlaces(pattern: Pattern): Place[] {
  if (pattern.at(-1)?.kind !== 'optional-rest') return [{ pattern, isOptional: false }]
  return [pattern, pattern.slice(0, -1)].map((each) => ({ pattern: each, isOptional: true }))
}

/** GET comes with HEAD. */
export function withHead(methods: readonly string[]): string[] {
  return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))]
}

export function createClaims(claimants: readonly Claimant[]): Claims {
  const known = listKnown(claimants)
  const taken = new Set<string>()

  function isOwn(method: string, { pattern, isOptional }: Place): boolean {
    const shape = toShape(pattern)
    if (!isOptional) return true
    return !known.has(`${method} ${shape}`) && !known.has(`* ${shape}`)
  }

  return {
    take(methods, place, supported) {
      const shape = toShape(place.pattern)
      const mark = place.isOptional ? '?' : ''
      const wanted = methods.flatMap((method) => {
        if (method !== '*') return [method]
        return supported.filter((each) => !known.has(`${each} ${shape}${mark}`))
      })
      const free = wanted.filter((method) => isOwn(method, place) && !taken.has(`${method} ${shape}`))
      for (const method of free) taken.add(`${method} ${shape}`)
      return free
    },
    hasRoot(methods) {
      const keys = ['* ', '* ?']
      if (keys.some((key) => known.has(key))) return true
      return methods.every((method) => known.has(`${method} `) || known.has(`${method} ?`))
    }
  }
}

/** Method and shape of every claim; those of an optional rest with a mark behind. */
function listKnown(claimants: readonly Claimant[]): ReadonlySet<string> {
  const keys = claimants.flatMap(({ methods, pattern }) =>
    listPlaces(pattern).flatMap((place) => {
      const mark = place.isOptional ? '?' : ''
      return withHead(methods).map((method) => `${method} ${toShape(place.pattern)}${mark}`)
    })
  )
  return new Set(keys)
}
