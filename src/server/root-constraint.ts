import type { FastifyInstance } from 'fastify'
import type { Pattern } from '../routes/pattern.ts'

const NAME = 'treewayNotRoot'

/** A parameter or rest that stands alone: Fastify's router lets it match `/` with nothing. */
export function isSingle(pattern: Pattern): boolean {
  const kind = pattern[0]?.kind
  return pattern.length === 1 && (kind === 'param' || kind === 'rest')
}

/**
 * A parameter is never empty, and the rest has at least one segment. With slashes at the end ignored, `/` is the only path
 * where Fastify's router sees that otherwise. A route that could match it gets this constraint where no other route has
 * `/`; the strategy is added with the first such route.
 */
export function addRootConstraint(instance: FastifyInstance): { readonly [NAME]: true } {
  if (!instance.hasConstraintStrategy(NAME)) instance.addConstraintStrategy(createStrategy())
  return { [NAME]: true }
}

type Strategy = Parameters<FastifyInstance['addConstraintStrategy']>[0]

function createStrategy(): Strategy {
  return {
    name: NAME,
    storage() {
      let held: unknown = null
      return {
        get: (isNotRoot: unknown) => (isNotRoot === true ? held : null),
        set: (_value: unknown, handler: unknown) => {
          held = handler
        }
      }
    },
    deriveConstraint({ url = '/' }) {
      return url !== '/' && !url.startsWith('/?')
    },
    validate() {}
  } as Strategy
}
