import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { describe, expect, it, vi } from 'vitest'
import { createLog, factories, startServer } from './servers.ts'

/** An onSend hook that takes a moment the first time: what a session store, a template or a compressor does. */
function addSlowOnSend(app: FastifyInstance): void {
  let isFirst = true
  app.addHook('onSend', async (_request, _reply, payload) => {
    const delay = isFirst ? 60 : 1
    isFirst = false
    await wait(delay)
    return payload
  })
}

describe('beforeHandler as a guard', () => {
  async function ask(create: () => FastifyInstance) {
    const app = create()
    let hasRun = false
    const options = {
      beforeHandler: (_request: unknown, reply: { code(status: number): { send(text: string): void } }) =>
        void reply.code(401).send('no')
    }
    app.get('/secret', options as object, () => {
      hasRun = true
      return 'secret'
    })
    const answer = await fetch(`${await startServer(app)}/secret`)
    return { hasRun, status: answer.status, body: await answer.text() }
  }

  it('is ignored in silence by plain Fastify, and the secret goes out', async () => {
    expect(await ask(factories.plain)).toEqual({ hasRun: true, status: 200, body: 'secret' })
  })

  it('guards here', async () => {
    expect(await ask(factories.ours)).toEqual({ hasRun: false, status: 401, body: 'no' })
  })
})

describe('a hook that redirects and returns nothing, with a slow onSend hook', () => {
  async function ask(create: () => FastifyInstance, hook: 'onRequest' | 'preValidation' | 'preHandler') {
    const app = create()
    let hasRun = false
    addSlowOnSend(app)
    app.addHook(hook, async (request, reply) => {
      if (!request.headers['x-key']) reply.redirect('/login')
    })
    app.get('/account', () => {
      hasRun = true
      return 'account'
    })
    const answer = await fetch(`${await startServer(app)}/account`, { redirect: 'manual' })
    return { hasRun, status: answer.status }
  }

  it('lets the handler run on plain Fastify', async () => {
    const { hasRun } = await ask(factories.plain, 'preHandler')
    expect(hasRun).toBe(true)
  })

  it.each(['onRequest', 'preValidation', 'preHandler'] as const)(
    'stops the request here, in %s',
    async (hook) => {
      expect(await ask(factories.ours, hook)).toEqual({ hasRun: false, status: 302 })
    }
  )

  it('stops it here with done() as well', async () => {
    const app = factories.ours()
    const ran: string[] = []
    addSlowOnSend(app)
    app.addHook('preHandler', (_request, reply, done) => {
      reply.code(403).send('no')
      done()
    })
    app.addHook('preHandler', async () => void ran.push('second hook'))
    app.get('/', async () => void ran.push('handler'))
    const answer = await fetch(await startServer(app))
    expect([answer.status, await answer.text(), ran]).toEqual([403, 'no', []])
  })
})

describe('await reply.headers() before reply.send()', () => {
  async function ask(create: () => FastifyInstance) {
    const app = create()
    app.get('/', async (_request, reply) => {
      await reply.headers({ 'x-one': '1' })
      await reply.code(201).header('x-two', '2')
      reply.send('sent')
    })
    const url = await startServer(app)
    const answer = await fetch(url, { signal: AbortSignal.timeout(400) }).catch(() => undefined)
    return (
      answer && [answer.status, answer.headers.get('x-one'), answer.headers.get('x-two'), await answer.text()]
    )
  }

  it('hangs for ever on plain Fastify', async () => {
    expect(await ask(factories.plain)).toBeUndefined()
  })

  it('goes on here', async () => {
    expect(await ask(factories.ours)).toEqual([201, '1', '2', 'sent'])
  })
})

describe('an async handler that sends without returning, with a slow onSend hook', () => {
  async function ask(create: () => FastifyInstance) {
    const app = create()
    addSlowOnSend(app)
    app.get('/', async (_request, reply) => {
      reply.send({ a: 1 })
    })
    return await (await fetch(await startServer(app))).text()
  }

  it('answers with an empty body on plain Fastify', async () => {
    expect(await ask(factories.plain)).toBe('')
  })

  it('answers with what was sent here', async () => {
    expect(await ask(factories.ours)).toBe('{"a":1}')
  })

  it('does so in an async error handler too', async () => {
    const app = factories.ours()
    addSlowOnSend(app)
    app.setErrorHandler(async (error: Error, _request, reply) => {
      reply.send(`failed: ${error.message}`)
    })
    app.get('/', async () => {
      throw new Error('broken')
    })
    const answer = await fetch(await startServer(app))
    expect([answer.status, await answer.text()]).toEqual([500, 'failed: broken'])
  })
})

describe('two sends, with a slow onSend hook', () => {
  async function ask(create: typeof factories.ours) {
    const { lines, logger } = createLog()
    const app = create({ logger })
    addSlowOnSend(app)
    app.get('/', (_request, reply) => {
      reply.send('first')
      reply.send('second')
    })
    const answer = await fetch(await startServer(app))
    const body = await answer.text()
    await vi.waitFor(() => expect(lines.length).toBeGreaterThan(0))
    return { body, codes: lines.map((line) => line.err?.code) }
  }

  it('answers with the second on plain Fastify', async () => {
    expect((await ask(factories.plain)).body).toBe('second')
  })

  it('keeps the first here and logs the other', async () => {
    expect(await ask(factories.ours)).toEqual({ body: 'first', codes: ['FST_ERR_REP_ALREADY_SENT'] })
  })

  it('keeps the first here when an error comes after it, and logs that', async () => {
    const { lines, logger } = createLog()
    const app = factories.ours({ logger })
    addSlowOnSend(app)
    app.get('/', async (_request, reply) => {
      reply.send('first')
      throw new Error('too late')
    })
    expect(await (await fetch(await startServer(app))).text()).toBe('first')
    expect(lines.map((line) => line.err?.message)).toEqual(['too late'])
  })
})

describe('the highest compatible version', () => {
  async function ask(create: () => FastifyInstance) {
    const app = create()
    for (const version of ['1.2.5', '1.2.0']) app.get('/', { constraints: { version } }, async () => version)
    const answer = await fetch(await startServer(app), { headers: { 'accept-version': '1.x' } })
    return answer.text()
  }

  it('depends on the order of declaration on plain Fastify', async () => {
    expect(await ask(factories.plain)).toBe('1.2.0')
  })

  it('is the highest here', async () => {
    expect(await ask(factories.ours)).toBe('1.2.5')
  })
})

describe('a response schema given as bare properties', () => {
  async function ask(create: () => FastifyInstance) {
    const app = create()
    app.get('/', { schema: { response: { 200: { name: { type: 'string' } } } } }, async () => ({
      name: 'a',
      secret: 'b'
    }))
    return (await fetch(await startServer(app))).text()
  }

  it('filters nothing on plain Fastify', async () => {
    expect(await ask(factories.plain)).toContain('secret')
  })

  it('filters here', async () => {
    expect(await ask(factories.ours)).toBe('{"name":"a"}')
  })
})

describe('a top-level version', () => {
  it('is ignored by plain Fastify: the route answers everybody', async () => {
    const app = factories.plain()
    app.route({ method: 'GET', url: '/', version: '1.0.0', handler: async () => 'one' })
    expect((await fetch(await startServer(app))).status).toBe(200)
  })

  it('is a constraint here', async () => {
    const app = factories.ours()
    app.route({ method: 'GET', url: '/', version: '1.0.0', handler: async () => 'one' })
    expect((await fetch(await startServer(app))).status).toBe(404)
  })
})
