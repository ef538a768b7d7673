import type { FastifyInstance, RouteOptions } from 'fastify'

type Version = readonly [major: number, minor: number, patch: number]

interface Candidate {
  readonly version: Version
  readonly store: unknown
}

/**
 * Moves the route option `version` to `constraints.version`, and brings a strategy that keeps the promise of the page:
 * the highest compatible version answers. (Fastify 5's own depends on the order of declaration: `1.2.5` before `1.2.0`
 * answers `1.x` with 1.2.0.) It comes with the first versioned route only, because from then on a request with an
 * `Accept-Version` gets 404 on unversioned routes.
 */
export function adaptVersion(context: FastifyInstance, route: RouteOptions & { version?: string }): void {
  if (route.version !== undefined) {
    route.constraints = { version: route.version, ...route.constraints }
    delete route.version
  }
  if (route.constraints?.version === undefined || context.hasConstraintStrategy('version')) return
  context.addConstraintStrategy({
    name: 'version',
    mustMatchWhenDerived: true,
    storage: createVersionStorage,
    validate: checkVersion,
    deriveConstraint: (request: { headers: Record<string, unknown> }) => request.headers['accept-version']
  } as Parameters<FastifyInstance['addConstraintStrategy']>[0])
}

/** What a request may ask for (`1.2.3`, `1.2.x`, `1.x`, `*`) to the best declared version. */
export function createVersionStorage() {
  const exact = new Map<string, unknown>()
  const best = new Map<string, Candidate>()
  return {
    get: (asked: string): unknown => exact.get(asked) ?? best.get(asked)?.store ?? null,
    set(declared: string, store: unknown): void {
      const version = parseVersion(declared)
      exact.set(version.join('.'), store)
      for (const range of listRanges(version)) {
        const known = best.get(range)
        if (known === undefined || compareVersions(version, known.version) >= 0)
          best.set(range, { version, store })
      }
    }
  }
}

function checkVersion(value: unknown): void {
  if (typeof value !== 'string') throw new TypeError('Version should be a string')
}

function parseVersion(text: string): Version {
  const [major, minor, patch] = text.split('.', 3).map(Number)
  if (major === undefined || Number.isNaN(major)) throw new TypeError('Major version must be a numeric value')
  return [major, minor || 0, patch || 0]
}

function listRanges([major, minor]: Version): string[] {
  return ['*', 'x', 'x.x', 'x.x.x', `${major}.x`, `${major}.x.x`, `${major}.${minor}.x`]
}

function compareVersions(one: Version, other: Version): number {
  return one[0] - other[0] || one[1] - other[1] || one[2] - other[2]
}
