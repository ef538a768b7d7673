import Fastify from 'fastify'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TreewayError } from '../errors.ts'
import { createErrorHandler } from './error-handler.ts'

async function fail(error: unknown, showsErrors: boolean) {
  const lines: string[] = []
  const app = Fastify({ logger: { level: 'info', stream: { write: (line) => void lines.push(line) } } })
  onTestFinished(() => app.close())
  app.setErrorHandler(createErrorHandler(showsErrors))
  app.get('/', async () => {
    throw error
  })
  const { statusCode, headers, body } = await app.inject('/')
  return { status: statusCode, headers, body: JSON.parse(body), log: lines.join('') }
}

const secret = Object.assign(new Error('connect to 10.0.0.7 failed'), {
  code: 'ECONNREFUSED',
  path: '/srv/keys'
})

describe('an exception of a handler', () => {
  it('tells the client its code and request id alone, in production', async () => {
    const { status, body, log } = await fail(secret, false)
    expect(status).toBe(500)
    expect(body).toEqual({
      statusCode: 500,
      code: 'TREEWAY_HANDLER_FAILED',
      error: 'Internal Server Error',
      message: expect.stringMatching(/^The handler failed \(request req-\w+\)\.$/)
    })
    expect(log).toContain('connect to 10.0.0.7 failed')
  })

  it('is shown in dev', async () => {
    const { body } = await fail(secret, true)
    expect(body).toMatchObject({
      statusCode: 500,
      code: 'ECONNREFUSED',
      message: 'connect to 10.0.0.7 failed'
    })
  })

  it.each([['text'], [42], [null], [undefined], [{ odd: true }]])(
    'may be no Error at all: %j',
    async (thrown) => {
      const { status, body } = await fail(thrown, false)
      expect(status).toBe(500)
      expect(body).toMatchObject({
        statusCode: 500,
        code: 'TREEWAY_HANDLER_FAILED',
        error: 'Internal Server Error'
      })
    }
  )

  it('with a status of its own has that', async () => {
    const { status, body } = await fail(Object.assign(new Error('Pay first.'), { statusCode: 402 }), false)
    expect(status).toBe(402)
    expect(body).toEqual({ statusCode: 402, error: 'Payment Required', message: 'Pay first.' })
    expect((await fail(Object.assign(new Error('x'), { status: 409 }), false)).status).toBe(409)
  })

  it('with a status that is no error is a 500', async () => {
    expect((await fail(Object.assign(new Error('x'), { statusCode: 200 }), false)).status).toBe(500)
  })
})

describe('an error of Treeway', () => {
  it('has its code and title in production, not what it names', async () => {
    const { status, body } = await fail(
      new TreewayError('TREEWAY_LOAD_FAILED', 'functions/a.js failed'),
      false
    )
    expect(status).toBe(500)
    expect(body).toMatchObject({ code: 'TREEWAY_LOAD_FAILED' })
    expect(body.message).not.toContain('functions/a.js')
  })

  it('says when to come back', async () => {
    const busy = new TreewayError('TREEWAY_BUSY', 'full', { retryAfterSeconds: 3 })
    const { status, headers } = await fail(busy, false)
    expect([status, headers['retry-after']]).toEqual([503, '3'])
  })
})
