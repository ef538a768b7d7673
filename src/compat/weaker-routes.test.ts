import type { FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import { createFastify } from './create-fastify.ts'

const addGet = (app: FastifyInstance) => app.get('/x', async () => 'from get')
const addHead = (app: FastifyInstance) =>
  app.head(
    '/x',
    { onRequest: async (_request, reply) => void reply.header('x-hook', 'of head') },
    async (_request, reply) => reply.header('x-head', 'own').send()
  )
const addAll = (app: FastifyInstance) => app.all('/x', async (request) => `any ${request.method}`)

async function ask(app: FastifyInstance, method: 'GET' | 'HEAD' | 'POST', url = '/x') {
  const { body, headers } = await app.inject({ method, url })
  return [body, headers['x-head'], headers['x-hook']]
}

describe("a HEAD route of one's own beside a GET", () => {
  it.each([
    ['before', [addHead, addGet]],
    ['after', [addGet, addHead]]
  ] as const)('answers when it is declared %s it, with its own hooks', async (_when, steps) => {
    const app = createFastify()
    for (const step of steps) step(app)
    expect(await ask(app, 'HEAD')).toEqual(['', 'own', 'of head'])
    expect(await ask(app, 'GET')).toEqual(['from get', undefined, undefined])
  })

  it('may stand at / under a prefix', async () => {
    const app = createFastify()
    app.register(
      async (context) => {
        context.get('/', async () => 'from get')
        context.head('/', async (_request, reply) => reply.header('x-head', 'own').send())
      },
      { prefix: '/p' }
    )
    expect((await ask(app, 'HEAD', '/p/'))[1]).toBe('own')
    expect(await ask(app, 'GET', '/p')).toEqual(['from get', undefined, undefined])
  })

  it('is refused the second time', () => {
    const app = createFastify()
    addGet(app)
    addHead(app)
    expect(() => addHead(app)).toThrow('already declared')
  })

  it('is not needed: HEAD comes with GET', async () => {
    const app = createFastify()
    addGet(app)
    expect((await app.inject({ method: 'HEAD', url: '/x' })).headers['content-length']).toBe('8')
  })
})

describe("all beside a route of one's own", () => {
  it.each([
    ['before', [addAll, addGet]],
    ['after', [addGet, addAll]]
  ] as const)('answers the other methods when it is declared %s it', async (_when, steps) => {
    const app = createFastify()
    for (const step of steps) step(app)
    expect((await ask(app, 'GET'))[0]).toBe('from get')
    expect((await ask(app, 'POST'))[0]).toBe('any POST')
  })

  it("is refused the second time, as any route of one's own is", () => {
    const app = createFastify()
    addAll(app)
    expect(() => addAll(app)).toThrow('already declared')
    addGet(app)
    expect(() => addGet(app)).toThrow('already declared')
  })

  it('still refuses two handlers, and one that is none', () => {
    const app = createFastify()
    const handler = async () => ''
    expect(() => Reflect.apply(app.all, app, ['/', { handler }, handler])).toThrow('Duplicate handler')
    expect(() => Reflect.apply(app.all, app, ['/', {}])).toThrow('Missing handler')
  })

  it('takes options, and a prefix', async () => {
    const app = createFastify()
    app.register(
      async (context) => {
        context.get('/x', async () => 'from get')
        context.all('/x', { config: { a: 1 } as object }, async () => 'any')
      },
      { prefix: '/p/' }
    )
    expect((await ask(app, 'GET', '/p/x'))[0]).toBe('from get')
    expect((await ask(app, 'POST', '/p/x'))[0]).toBe('any')
  })
})
