import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createFastify } from './create-fastify.ts'

function createOldApp() {
  const lines: string[] = []
  const logger = { level: 'error', stream: { write: (line: string) => void lines.push(line) } }
  return { app: createFastify({ dialect: 'fastify1', logger }), lines }
}

describe("the dialect 'fastify1'", () => {
  it('waits for a late send when a promise resolves with undefined, and logs an error', async () => {
    const { app, lines } = createOldApp()
    app.get('/', async (_request, reply) => {
      void turn().then(() => turn().then(() => reply.send('late')))
    })
    expect((await app.inject('/')).body).toBe('late')
    expect(lines.join()).toContain('TREEWAY_ANSWER_MISSING')
  })

  it('sends an empty 204, values, and what was sent before', async () => {
    const { app, lines } = createOldApp()
    app.get('/empty', async (_request, reply) => void reply.code(204))
    app.get('/value', async () => 'value')
    app.get('/sent', async (_request, reply) => void reply.send('sent'))
    expect((await app.inject('/empty')).statusCode).toBe(204)
    expect((await app.inject('/value')).body).toBe('value')
    expect((await app.inject('/sent')).body).toBe('sent')
    expect(lines).toEqual([])
  })
})

describe('a handler without the dialect', () => {
  it('that resolves with undefined answers with an empty body, as in Fastify 5', async () => {
    const app = createFastify()
    app.get('/', async () => undefined)
    const answer = await app.inject('/')
    expect([answer.statusCode, answer.body]).toEqual([200, ''])
  })
})
