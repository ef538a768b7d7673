import type { FastifyReply, FastifyRequest } from 'fastify'
import { describe, expect, it } from 'vitest'
import { createFastify } from './create-fastify.ts'

const fail = (status?: number) => async () => {
  throw Object.assign(new Error('failed'), status === undefined ? {} : { statusCode: status })
}

describe('an error handler that sets no status', () => {
  it.each([
    [undefined, 500],
    [409, 409],
    [200, 500]
  ])('answers an error with statusCode %s by %i', async (given, wanted) => {
    const app = createFastify()
    app.setErrorHandler(async (error: Error) => error.message)
    app.get('/', fail(given))
    const answer = await app.inject('/')
    expect([answer.statusCode, answer.body]).toEqual([wanted, 'failed'])
  })

  it('may set one, redirect, or be the one of a route', async () => {
    const app = createFastify()
    app.setErrorHandler((_error, _request, reply) => void reply.redirect('/login'))
    app.get('/redirect', fail())
    app.get('/own', { errorHandler: (error, _request, reply) => void reply.send(error.message) }, fail(422))
    app.get('/set', { errorHandler: (_error, _request, reply) => void reply.code(200).send('fine') }, fail())
    expect((await app.inject('/redirect')).statusCode).toBe(302)
    expect((await app.inject('/own')).statusCode).toBe(422)
    expect((await app.inject('/set')).statusCode).toBe(200)
  })

  it('hears of a refused body as 400', async () => {
    const app = createFastify()
    app.setErrorHandler(async (error: Error) => error.message)
    app.post('/', async () => 'never')
    const answer = await app.inject({
      method: 'POST',
      url: '/',
      headers: { 'content-type': 'application/json' },
      payload: '{'
    })
    expect(answer.statusCode).toBe(400)
  })
})

describe('a not-found handler that sets no status', () => {
  it('answers 404, and knows the path', async () => {
    const app = createFastify()
    app.setNotFoundHandler(async (request, reply) => {
      reply.send(`nothing at ${request.path}`)
    })
    const answer = await app.inject('/missing?a=1')
    expect([answer.statusCode, answer.body]).toEqual([404, 'nothing at /missing'])
  })

  it('may set one, redirect, and have hooks', async () => {
    const app = createFastify()
    app.setNotFoundHandler(
      {
        preHandler: async (request: FastifyRequest, reply: FastifyReply) =>
          void (request.url === '/stop' && reply.code(410).send('gone'))
      },
      (request: FastifyRequest, reply: FastifyReply) => {
        if (request.url === '/app') return void reply.code(200).send('index')
        reply.redirect('/')
      }
    )
    expect((await app.inject('/app')).statusCode).toBe(200)
    expect((await app.inject('/other')).statusCode).toBe(302)
    expect((await app.inject('/stop')).body).toBe('gone')
  })

  it('is asked by callNotFound too', async () => {
    const app = createFastify()
    app.setNotFoundHandler(async () => 'not here')
    app.get('/', (_request, reply) => void reply.callNotFound())
    const answer = await app.inject('/')
    expect([answer.statusCode, answer.body]).toEqual([404, 'not here'])
  })
})
