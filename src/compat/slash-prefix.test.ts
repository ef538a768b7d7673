import { describe, expect, it } from 'vitest'
import { createFastify } from './create-fastify.ts'

async function ask(prefix: string, prefixTrailingSlash?: 'slash' | 'no-slash') {
  const app = createFastify()
  const options = prefixTrailingSlash ? { prefixTrailingSlash } : {}
  app.register(
    async (context) => {
      context.get('/', options, async () => 'short')
      context.route({ method: 'POST', url: '/', ...options, handler: async () => 'long' })
    },
    { prefix }
  )
  const found: string[] = []
  for (const url of ['/p', '/p/', '/p//']) {
    for (const method of ['GET', 'POST', 'HEAD'] as const) {
      if ((await app.inject({ method, url })).statusCode === 200) found.push(`${method} ${url}`)
    }
  }
  return found
}

describe("'/' under a prefix", () => {
  it('with a slash at its end matches only that', async () => {
    expect(await ask('/p/')).toEqual(['GET /p/', 'POST /p/', 'HEAD /p/'])
    expect(await ask('/p/', 'slash')).toEqual(['GET /p/', 'POST /p/', 'HEAD /p/'])
  })

  it('without one matches both, or what prefixTrailingSlash says', async () => {
    expect(await ask('/p')).toEqual(['GET /p', 'POST /p', 'HEAD /p', 'GET /p/', 'POST /p/', 'HEAD /p/'])
    expect(await ask('/p', 'slash')).toEqual(['GET /p/', 'POST /p/', 'HEAD /p/'])
    expect(await ask('/p', 'no-slash')).toEqual(['GET /p', 'POST /p', 'HEAD /p'])
  })
})
