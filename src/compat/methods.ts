import type { FastifyInstance } from 'fastify'
import { replaceMethod } from './replace-method.ts'

/** The methods of the v3/v4 page that Fastify 5 no longer has by itself, and whether their body is read. */
const olderMethods: readonly (readonly [name: string, hasBody: boolean])[] = [
  ['SEARCH', true],
  ['TRACE', true],
  ['PROPFIND', true],
  ['PROPPATCH', true],
  ['MKCOL', true],
  ['COPY', true],
  ['MOVE', true],
  ['LOCK', true],
  ['UNLOCK', false]
]

/** Adds the nine methods, and `app.search()`, `app.copy()` and so on with them. */
export function registerMethods(app: FastifyInstance): void {
  // TRACE exists in Fastify 5, without a body: the older page validates one
  for (const [name, hasBody] of olderMethods) app.addHttpMethod(name, { hasBody, overrideExisting: true })
  freeShorthandNames(app)
}

/** The shorthands must not stand in the way of an application's own `decorate('search', ...)`. */
function freeShorthandNames(app: FastifyInstance): void {
  const shorthands = new Map(
    olderMethods.map(([name]) => [name.toLowerCase(), Reflect.get(app, name.toLowerCase())])
  )
  shorthands.delete('trace')
  replaceMethod(app, 'decorate', (original) => {
    return function decorate(name, ...rest) {
      const ours = typeof name === 'string' ? shorthands.get(name) : undefined
      if (
        ours !== undefined &&
        Object.hasOwn(this, String(name)) &&
        Reflect.get(this, String(name)) === ours
      ) {
        Reflect.deleteProperty(this, String(name))
      }
      return original.call(this, name, ...rest)
    }
  })
}
