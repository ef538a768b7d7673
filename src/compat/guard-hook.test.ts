import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createFastify } from './create-fastify.ts'

describe('hooks', () => {
  it('wait for a late send when a hook returns a setter', async () => {
    const app = createFastify()
    let hasRun = false
    app.addHook('preHandler', async (_request, reply) => {
      void turn().then(() => reply.send('refused'))
      return reply.code(401)
    })
    app.get('/', async () => {
      hasRun = true
    })
    const answer = await app.inject('/')
    expect([answer.statusCode, answer.body, hasRun]).toEqual([401, 'refused', false])
  })

  it('of a route are guarded as shared ones are', async () => {
    const app = createFastify()
    const ran: string[] = []
    app.addHook('onSend', async (_request, _reply, payload) => turn(payload))
    app.get(
      '/',
      {
        onRequest: [
          async (_request, reply) => void reply.code(403).send('no'),
          async () => void ran.push('second')
        ],
        preHandler: (_request, _reply, done) => {
          ran.push('preHandler')
          done()
        }
      },
      async () => void ran.push('handler')
    )
    expect([(await app.inject('/')).statusCode, ran]).toEqual([403, []])
  })

  it('keep their this, their errors and their names', async () => {
    const app = createFastify()
    app.decorate('tool', 'hammer')
    app.addHook('preHandler', async function checkTool() {
      if (Reflect.get(this, 'tool') === 'hammer') throw new Error('has a hammer')
    })
    app.get('/', async () => 'never')
    expect((await app.inject('/')).json().message).toBe('has a hammer')
    expect(app.printRoutes({ includeHooks: true, commonPrefix: false })).toContain('checkTool')
  })

  it('that are async and take done are still refused by Fastify', () => {
    const app = createFastify()
    const hook = async (_request: unknown, _reply: unknown, _done: unknown) => undefined
    expect(() => app.addHook('preHandler', hook as never)).toThrow('Async function')
  })

  it('of every stage get request and reply in their first argument', async () => {
    const app = createFastify()
    const seen: string[] = []
    const names = [
      'onRequest',
      'preParsing',
      'preValidation',
      'preHandler',
      'preSerialization',
      'onSend',
      'onResponse'
    ] as const
    for (const name of names) {
      app.addHook(name as 'preHandler', async ({ request, reply }) => {
        if (request.reply === reply && request.id) seen.push(name)
      })
    }
    app.get('/', async ({ request, reply }) => reply.send({ id: request.id }))
    await app.inject('/')
    await expect.poll(() => seen).toEqual(names)
  })
})

describe('preParsing', () => {
  const post = {
    method: 'POST',
    url: '/',
    headers: { 'content-type': 'application/json' },
    payload: '{"a":1}'
  } as const

  it('with three parameters may call done, pass an error, or read the stream as Fastify 5 has it', async () => {
    const app = createFastify()
    app.post('/', { preParsing: (_request, _reply, done) => done() }, async (request) => request.body)
    app.post(
      '/error',
      { preParsing: (_request, _reply, done) => done(new Error('refused')) },
      async () => 'never'
    )
    // what a compiler makes of an async function for an old target
    const compiled = (_request: unknown, _reply: unknown, payload: { readable: boolean }) =>
      Promise.resolve(payload.readable ? payload : undefined)
    app.post('/compiled', { preParsing: compiled }, async (request) => request.body)
    expect((await app.inject(post)).json()).toEqual({ a: 1 })
    expect((await app.inject({ ...post, url: '/error' })).json().message).toBe('refused')
    expect((await app.inject({ ...post, url: '/compiled' })).json()).toEqual({ a: 1 })
  })

  it('with four parameters or async is left as it is', async () => {
    const app = createFastify()
    app.addHook('preParsing', (_request, _reply, payload, done) => done(null, payload))
    app.addHook('preParsing', async (_request, _reply, payload) => payload)
    app.post('/', async (request) => request.body)
    expect((await app.inject(post)).json()).toEqual({ a: 1 })
  })
})
