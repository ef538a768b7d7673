import type { FastifyServerOptions } from 'fastify'

/** Options of the router that Fastify 3 and 4 took at the top level, where Fastify 5 warns (FSTDEP022). */
const routerKeys = [
  'allowUnsafeRegex',
  'caseSensitive',
  'constraints',
  'ignoreDuplicateSlashes',
  'ignoreTrailingSlash',
  'maxParamLength',
  'querystringParser',
  'useSemicolonDelimiter'
]

/**
 * Moves the router's options to where Fastify 5 reads them. `constraints` must move for another reason too: at the top
 * level Fastify refuses the strategy its own older page shows, which has no `validate`.
 */
export function toServerOptions(options: FastifyServerOptions): FastifyServerOptions {
  const entries = Object.entries(options)
  const moved = entries.filter(([key, value]) => routerKeys.includes(key) && value !== undefined)
  if (moved.length === 0) return options
  const kept = entries.filter(([key]) => !routerKeys.includes(key))
  return {
    ...Object.fromEntries(kept),
    routerOptions: { ...Object.fromEntries(moved), ...options.routerOptions }
  }
}
