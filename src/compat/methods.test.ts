import { describe, expect, it } from 'vitest'
import { createFastify } from './create-fastify.ts'

const methods = [
  'SEARCH',
  'TRACE',
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'COPY',
  'MOVE',
  'LOCK',
  'UNLOCK'
] as const

describe('the methods of the v3/v4 page', () => {
  it.each(methods)(
    '%s is routed, has a shorthand, and reads a body where one is documented',
    async (method) => {
      const app = createFastify()
      app.route({ method, url: '/route', handler: async (request) => ({ body: request.body ?? null }) })
      app[method.toLowerCase() as 'search']('/short', async () => 'short')
      expect((await app.inject({ method: method as 'GET', url: '/short' })).body).toBe('short')
      const answer = await app.inject({ method: method as 'GET', url: '/route', payload: { a: 1 } })
      expect(answer.json()).toEqual({ body: method === 'UNLOCK' ? null : { a: 1 } })
    }
  )
})
