import type { FastifyInstance } from 'fastify'
import { replaceMethod } from './replace-method.ts'

const shorthands = ['delete', 'get', 'head', 'patch', 'post', 'put', 'options', 'all']

/**
 * `'/'` in a plugin with prefix `/something/` matches `/something/` and nothing else. Fastify answers `/something//`
 * too, and nothing but that with `prefixTrailingSlash: 'slash'`.
 */
export function registerSlashPrefix(app: FastifyInstance): void {
  for (const name of shorthands) {
    replaceMethod(app, name, (original) => {
      return function route(url, options, handler) {
        if (!isDoubled(this, url)) return original.call(this, url, options, handler)
        if (typeof options === 'function')
          return original.call(this, url, { prefixTrailingSlash: 'no-slash' }, options)
        return original.call(this, url, { ...(options as object), prefixTrailingSlash: 'no-slash' }, handler)
      }
    })
  }
  replaceMethod(app, 'route', (original) => {
    return function route(options) {
      const { url, path } = options as { url?: string; path?: string }
      if (!isDoubled(this, url ?? path)) return original.call(this, options)
      return original.call(this, { ...(options as object), prefixTrailingSlash: 'no-slash' })
    }
  })
}

function isDoubled(context: FastifyInstance, url: unknown): boolean {
  return url === '/' && context.prefix.length > 1 && context.prefix.endsWith('/')
}
