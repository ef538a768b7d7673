import type { FastifyInstance, FastifyPluginCallback } from 'fastify'
import { describe, expect, it } from 'vitest'
import cors from '@fastify/cors'
import oldCors from 'fastify-cors'
import type { CorsSetting } from '../../src/compat/cors-policy.ts'
import { factories, startServer } from './servers.ts'

const outer = 'https://outer.example'
const inner = 'https://inner.example'

interface Asked {
  readonly status: number
  readonly origin: string | null
  readonly methods: string | null
  readonly vary: string | null
}

async function ask(url: string, origin: string, preflightFor?: string): Promise<Asked> {
  const preflight = preflightFor === undefined ? undefined : { 'access-control-request-method': preflightFor }
  const answer = await fetch(url, {
    method: preflight ? 'OPTIONS' : 'GET',
    headers: { origin, ...preflight }
  })
  const { headers, status } = answer
  const origins = headers.get('access-control-allow-origin')
  return {
    status,
    origin: origins,
    methods: headers.get('access-control-allow-methods'),
    vary: headers.get('vary')
  }
}

type Configure = (context: FastifyInstance, options: { origin: string[]; methods: string[] }) => unknown

const ways: [string, Configure][] = [
  ['@fastify/cors', (context, options) => context.register(cors, options)],
  [
    'fastify-cors 6.0.3',
    (context, options) => context.register(oldCors as unknown as FastifyPluginCallback<object>, options)
  ],
  ['setScopeCORS', (context, options) => context.setScopeCORS(options)]
]

async function startNested(one: Configure, other: Configure, prefix: string): Promise<string> {
  const app = factories.ours()
  await one(app, { origin: [outer], methods: ['GET'] })
  app.get('/out', async () => 'out')
  app.register(
    async (context) => {
      await other(context, { origin: [inner], methods: ['GET', 'PUT'] })
      context.get('/in', async () => 'in')
      context.put('/in', async () => 'in')
    },
    { prefix }
  )
  return startServer(app)
}

describe.each(ways)('%s outside', (_name, one) => {
  describe.each(ways)('and %s inside', (_inner, other) => {
    it.each(['/api', ''])(
      'the inner one wins for requests and preflights, with the prefix "%s"',
      async (prefix) => {
        const url = await startNested(one, other, prefix)
        expect(await ask(`${url}/out`, outer)).toMatchObject({ status: 200, origin: outer })
        expect(await ask(`${url}/out`, inner)).toMatchObject({ status: 200, origin: null })
        expect(await ask(`${url}${prefix}/in`, inner)).toMatchObject({ status: 200, origin: inner })
        expect(await ask(`${url}${prefix}/in`, outer)).toMatchObject({ status: 200, origin: null })
        expect(await ask(`${url}/out`, outer, 'GET')).toMatchObject({
          status: 204,
          origin: outer,
          methods: 'GET'
        })
        const preflight = await ask(`${url}${prefix}/in`, inner, 'PUT')
        expect(preflight).toMatchObject({ status: 204, origin: inner, methods: 'GET, PUT' })
        expect(await ask(`${url}${prefix}/in`, outer, 'PUT')).toMatchObject({ origin: null })
      }
    )
  })
})

describe('the option cors of a route', () => {
  async function start(setting: CorsSetting, configure?: Configure): Promise<string> {
    const app = factories.ours()
    if (configure) await configure(app, { origin: [outer], methods: ['GET'] })
    app.addHook('onRequest', async (request, reply) => {
      if (request.url === '/guarded/own') reply.code(401).send('no')
    })
    app.route({ method: 'PUT', url: '/own', cors: setting, handler: async () => 'put' })
    app.get('/own', { cors: setting }, async () => 'get')
    app.get('/other', async () => 'other')
    return startServer(app)
  }

  it.each(ways)('wins over %s around it', async (_name, configure) => {
    const url = await start(
      { origin: inner, methods: ['PUT'], credentials: true, maxAge: 60, cacheControl: 30 },
      configure
    )
    expect(await ask(`${url}/own`, inner)).toMatchObject({ status: 200, origin: inner })
    expect(await ask(`${url}/own`, outer)).toMatchObject({ status: 200, origin: null })
    expect(await ask(`${url}/own`, inner, 'PUT')).toMatchObject({
      status: 204,
      origin: inner,
      methods: 'PUT'
    })
    expect(await ask(`${url}/own`, outer, 'PUT')).toMatchObject({ origin: null })
    expect(await ask(`${url}/other`, outer, 'GET')).toMatchObject({ status: 204, origin: outer })
  })

  it('works alone, with every header it is asked for', async () => {
    const url = await start({
      origin: [/\.example$/],
      exposedHeaders: ['x-total'],
      credentials: true,
      maxAge: 60,
      cacheControl: 30,
      optionsSuccessStatus: 200
    })
    const headers = {
      origin: inner,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'x-key'
    }
    const answer = await fetch(`${url}/own`, { method: 'OPTIONS', headers })
    expect(answer.status).toBe(200)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': inner,
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'x-key',
      'access-control-max-age': '60',
      'cache-control': 'max-age=30',
      vary: 'Origin, Access-Control-Request-Headers'
    })
    const request = await fetch(`${url}/own`, { headers: { origin: inner } })
    expect(request.headers.get('access-control-expose-headers')).toBe('x-total')
  })

  it('refuses an OPTIONS request that is no preflight, unless strictPreflight is off', async () => {
    const strict = await fetch(`${await start(true)}/own`, {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'GET' }
    })
    expect([strict.status, await strict.text()]).toEqual([400, 'Invalid Preflight Request'])
    const lax = await fetch(`${await start({ strictPreflight: false })}/own`, {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'GET' }
    })
    expect(lax.status).toBe(204)
  })

  it('switches the scope off with false', async () => {
    const url = await start(false, ways[2]?.[1])
    expect(await ask(`${url}/own`, outer)).toMatchObject({ status: 200, origin: null })
    expect(await ask(`${url}/own`, outer, 'GET')).toMatchObject({ status: 404, origin: null })
  })

  it('answers the preflight before a guard of its scope', async () => {
    const app = factories.ours()
    app.register(async (context) => {
      context.addHook('onRequest', async (_request, reply) => reply.code(401).send('no'))
      context.get('/own', { cors: true }, async () => 'own')
    })
    const url = await startServer(app)
    expect(await ask(`${url}/own`, inner, 'GET')).toMatchObject({ status: 204, origin: '*' })
    expect((await fetch(`${url}/own`)).status).toBe(401)
  })
})

describe('setScopeCORS', () => {
  it("leaves an OPTIONS route of one's own to answer itself", async () => {
    const app = factories.ours()
    app.setScopeCORS({ origin: true })
    app.put('/foo', async () => 'foo')
    app.options('/foo', async (_request, reply) =>
      reply.header('access-control-allow-methods', 'PUT').send('own')
    )
    const url = await startServer(app)
    const answer = await fetch(`${url}/foo`, {
      method: 'OPTIONS',
      headers: { origin: inner, 'access-control-request-method': 'PUT' }
    })
    expect([answer.status, await answer.text(), answer.headers.get('access-control-allow-origin')]).toEqual([
      200,
      'own',
      inner
    ])
  })

  it('asks a function for each origin, by callback or promise', async () => {
    const app = factories.ours()
    app.register(
      async (context) => {
        context.setScopeCORS({ origin: (origin, done) => done(null, origin === inner) })
        context.get('/', async () => 'callback')
      },
      { prefix: '/callback' }
    )
    app.register(
      async (context) => {
        context.setScopeCORS({ origin: async (origin) => origin === inner })
        context.get('/', async () => 'promise')
      },
      { prefix: '/promise' }
    )
    const url = await startServer(app)
    for (const path of ['/callback', '/promise']) {
      expect((await ask(url + path, inner)).origin).toBe(inner)
      expect((await ask(url + path, outer)).origin).toBeNull()
    }
  })
})
