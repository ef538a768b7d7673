import { describe, expect, it } from 'vitest'
import { createFastify } from './create-fastify.ts'
import { toCorsPolicy, type CorsOptions } from './cors-policy.ts'

async function toOrigin(origin: CorsOptions['origin'], asked: string | undefined) {
  const app = createFastify()
  app.get('/', { cors: origin === undefined ? true : { origin } }, async () => '')
  const { headers } = await app.inject({ url: '/', ...(asked && { headers: { origin: asked } }) })
  return [headers['access-control-allow-origin'], headers.vary]
}

describe('which origins may read an answer', () => {
  it.each([
    [undefined, 'https://a.example', '*', undefined],
    ['*', undefined, '*', undefined],
    [true, 'https://a.example', 'https://a.example', 'Origin'],
    [true, undefined, undefined, 'Origin'],
    ['https://a.example', 'https://a.example', 'https://a.example', 'Origin'],
    ['https://a.example', 'https://b.example', undefined, 'Origin'],
    [[/^https:\/\/\w+\.example$/g, 'http://c'], 'https://b.example', 'https://b.example', 'Origin'],
    [['http://c'], 'https://b.example', undefined, 'Origin'],
    [false, 'https://a.example', undefined, 'Origin']
  ] as const)('with %s, asked by %s: %s', async (origin, asked, allowed, vary) => {
    expect(await toOrigin(origin, asked)).toEqual([allowed, vary])
  })
})

describe('toCorsPolicy', () => {
  it('has defaults for whatever is not said', () => {
    expect(toCorsPolicy(true)).toEqual(toCorsPolicy({}))
    expect(toCorsPolicy({})).toMatchObject({
      isOn: true,
      origin: '*',
      preflightStatus: 204,
      isStrict: true,
      reflectsHeaders: true
    })
    expect(toCorsPolicy(false).isOn).toBe(false)
  })

  it('writes lists as headers', () => {
    const policy = toCorsPolicy({
      methods: ['GET', 'PUT'],
      allowedHeaders: 'x-a, x-b',
      cacheControl: 'public'
    })
    expect(policy.preflightHeaders).toEqual({
      'access-control-allow-methods': 'GET, PUT',
      'access-control-allow-headers': 'x-a, x-b',
      'cache-control': 'public'
    })
  })
})
