import type { FastifyInstance } from 'fastify'

const NAME = 'trailingSlash'

/**
 * `prefixTrailingSlash` of a route file. The app matches with and without a slash at the end; a route that says
 * otherwise gets a constraint, added to the router only when the first such route comes.
 */
export function addTrailingSlashConstraint(
  instance: FastifyInstance,
  option: 'both' | 'slash' | 'no-slash' | undefined
): { readonly [NAME]: string } | undefined {
  if (option !== 'slash' && option !== 'no-slash') return undefined
  if (!instance.hasConstraintStrategy(NAME)) instance.addConstraintStrategy(createStrategy())
  return { [NAME]: option }
}

type Strategy = Parameters<FastifyInstance['addConstraintStrategy']>[0]

function createStrategy(): Strategy {
  return {
    name: NAME,
    storage() {
      const handlers = new Map<unknown, never>()
      return {
        get: (key: unknown) => handlers.get(key) ?? null,
        set: (key: unknown, handler: never) => void handlers.set(key, handler)
      }
    },
    deriveConstraint(request) {
      const url = request.url ?? '/'
      const query = url.indexOf('?')
      const last = (query === -1 ? url.length : query) - 1
      return last > 0 && url[last] === '/' ? 'slash' : 'no-slash'
    },
    validate() {}
  } as Strategy
}
