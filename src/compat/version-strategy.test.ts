import { describe, expect, it } from 'vitest'
import { createFastify } from './create-fastify.ts'
import { createVersionStorage } from './version-strategy.ts'

function createStorage(versions: readonly string[]) {
  const storage = createVersionStorage()
  for (const version of versions) storage.set(version, version)
  return storage
}

const declared = ['1.0.0', '1.2.0', '1.2.5', '1.10.0', '2.0.0', '2.1.0']
const asked = [
  ['1.x', '1.10.0'],
  ['1.x.x', '1.10.0'],
  ['1.2.x', '1.2.5'],
  ['1.2.0', '1.2.0'],
  ['2.x', '2.1.0'],
  ['*', '2.1.0'],
  ['x', '2.1.0'],
  ['3.x', null],
  ['1', null],
  ['^1.2.0', null]
] as const

describe('the highest compatible version', () => {
  it.each(asked)('for %s is %s, whatever the order of declaration', (range, wanted) => {
    for (const order of [declared, declared.toReversed(), declared.toSorted()]) {
      expect(createStorage(order).get(range)).toBe(wanted)
    }
  })

  it('refuses a version that is no number', () => {
    expect(() => createStorage(['one'])).toThrow('Major version must be a numeric value')
  })
})

describe('versioned routes', () => {
  it('take version at the top level', async () => {
    const app = createFastify()
    app.get('/', { version: '1.2.0' }, async () => 'one')
    app.get('/two', { constraints: { version: '2.0.0' } }, async () => 'two')
    const ask = (url: string, version?: string) =>
      app.inject({ url, ...(version && { headers: { 'accept-version': version } }) })
    expect((await ask('/', '1.x')).body).toBe('one')
    expect((await ask('/')).statusCode).toBe(404)
    expect((await ask('/two', '2.x')).body).toBe('two')
  })

  it('leave applications without any alone: a request with Accept-Version is answered', async () => {
    const app = createFastify()
    app.get('/', async () => 'plain')
    expect((await app.inject({ url: '/', headers: { 'accept-version': '1.x' } })).body).toBe('plain')
  })

  it('keep a strategy of their own', async () => {
    const app = createFastify({
      constraints: {
        version: {
          name: 'version',
          storage: () => {
            const stores = new Map<unknown, never>()
            return {
              get: (key) => stores.get(key) ?? null,
              set: (key, store) => void stores.set(key, store as never)
            }
          },
          deriveConstraint: (request) => request.headers['x-api'],
          mustMatchWhenDerived: true,
          validate: () => undefined
        }
      }
    })
    app.get('/', { version: 'next' }, async () => 'next')
    expect((await app.inject({ url: '/', headers: { 'x-api': 'next' } })).body).toBe('next')
  })
})
