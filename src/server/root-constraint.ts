import type { FastifyInstance } from 'fastify'
import type { Pattern } from '../routes/pattern.ts'

const NAME = 'treewayNotRoot'

/**
 * A parameter or rest that stands alone, `/:id` or `/*`, is never empty; but Fastify's router lets both match `/` with
 * nothing, the only path that still ends in a slash when slashes at the end are ignored. Where no other route has `/`,
 * such a route gets this constraint. The strategy is added with the first such route.
 */
export function addRootConstraint(
  instance: FastifyInstance,
  pattern: Pattern
): { readonly [NAME]: true } | undefined {
  const only = pattern.length === 1 ? pattern[0]?.kind : undefined
  if (only !== 'param' && only !== 'rest') return undefined
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
