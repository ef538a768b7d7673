import { setImmediate as turn } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import { createFastify } from './create-fastify.ts'

/** An onSend hook that is not done at once. */
function createApp(): FastifyInstance {
  const app = createFastify()
  app.addHook('onSend', async (_request, _reply, payload) => {
    await turn()
    return payload
  })
  return app
}

describe('send', () => {
  it('lets an error handler answer after a failed onSend hook', async () => {
    const app = createFastify()
    app.addHook('onSend', async (_request, reply) => {
      if (reply.statusCode === 200) throw new Error('onSend failed')
    })
    app.get('/', async (_request, reply) => reply.send('never'))
    const answer = await app.inject('/')
    expect([answer.statusCode, answer.json().message]).toEqual([500, 'onSend failed'])
  })

  it('lets a thrown value that is no Error be answered after a send', async () => {
    const app = createFastify()
    app.addHook('onSend', (_request, reply, _payload, done) => {
      if (reply.statusCode === 200) done('a text' as unknown as Error)
      else done()
    })
    app.get('/', (_request, reply) => void reply.send('never'))
    expect((await app.inject('/')).statusCode).toBe(500)
  })

  it('answers with the error of a payload that can not be sent', async () => {
    const app = createFastify()
    app.setSerializerCompiler(() => () => 1 as unknown as string)
    app.get('/', { schema: { response: { 200: { type: 'string' } } } }, async () => ({ a: 1 }))
    expect((await app.inject('/')).json().code).toBe('FST_ERR_REP_INVALID_PAYLOAD_TYPE')
  })

  it('lets an error handler hand over to the not-found handler, and to the next error handler', async () => {
    const app = createApp()
    app.setNotFoundHandler(async () => 'not found')
    app.setErrorHandler((error: Error, _request, reply) => {
      if (error.message === 'gone') return void reply.callNotFound()
      throw new Error(`again: ${error.message}`)
    })
    app.get('/gone', async () => {
      throw new Error('gone')
    })
    app.get('/broken', async () => {
      throw new Error('broken')
    })
    const gone = await app.inject('/gone')
    expect(gone.body).toBe('not found')
    expect((await app.inject('/broken')).json().message).toBe('again: broken')
  })

  it('answers when a handler runs out of time while an onSend hook hangs', async () => {
    const app = createFastify({ handlerTimeout: 30 } as object)
    let isFirst = true
    app.addHook('onSend', (_request, _reply, _payload, done) => {
      if (isFirst) isFirst = false
      else done()
    })
    app.get('/', async () => 'stuck')
    expect((await app.inject('/')).statusCode).toBe(503)
  })

  it('takes a reply that is sent or returned as no payload', async () => {
    const app = createApp()
    app.get('/view', async (_request, reply) => {
      void turn().then(() => reply.send('late'))
      return reply.code(201)
    })
    app.get('/sync', (_request, reply) => {
      void turn().then(() => reply.send('late'))
      return reply.code(201)
    })
    for (const url of ['/view', '/sync']) {
      const answer = await app.inject(url)
      expect([answer.statusCode, answer.body]).toEqual([201, 'late'])
    }
  })

  it('streams from an async handler that returns nothing', async () => {
    const { Readable } = await import('node:stream')
    const app = createApp()
    app.get('/', async (_request, reply) => void reply.send(Readable.from(['a', 'b'])))
    expect((await app.inject('/')).body).toBe('ab')
  })

  it('redirects in the order of today and of Fastify 1 to 4', async () => {
    const app = createApp()
    app.get('/new', (_request, reply) => void reply.redirect('/there', 301))
    app.get('/old', (_request, reply) => void reply.redirect(301, '/there'))
    app.get('/plain', (_request, reply) => void reply.redirect('/there'))
    for (const [url, status] of [
      ['/new', 301],
      ['/old', 301],
      ['/plain', 302]
    ] as const) {
      const answer = await app.inject(url)
      expect([answer.statusCode, answer.headers.location]).toEqual([status, '/there'])
    }
  })
})
