import { EventEmitter } from 'node:events'
import Fastify from 'fastify'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RouteHandler } from '../handlers/style.ts'
import { withConcurrencyLimit, withTimeLimit } from './limits.ts'

async function askTimed(handler: RouteHandler): Promise<{ status: number; body: string }> {
  const app = Fastify()
  onTestFinished(() => app.close())
  app.get('/', withTimeLimit(handler, 30))
  const { statusCode, body } = await app.inject('/')
  return { status: statusCode, body }
}

const forever = (): Promise<never> => new Promise(() => undefined)

describe('a time limit', () => {
  it.each<[string, RouteHandler]>([
    ['never settles', forever],
    ['never calls reply.send', () => undefined],
    ['returns the reply and never sends', (_request, reply) => reply],
    ['waits for a reply that nobody sends', async (_request, reply) => reply]
  ])('answers 504 for a handler that %s', async (_what, handler) => {
    const { status, body } = await askTimed(handler)
    expect(status).toBe(504)
    expect(JSON.parse(body)).toMatchObject({ code: 'TREEWAY_TIMEOUT' })
  })

  it.each<[string, RouteHandler, number, string]>([
    ['returns a value', () => 'in time', 200, 'in time'],
    ['resolves', async () => 'in time', 200, 'in time'],
    ['sends later', (_request, reply) => void setTimeout(() => reply.send('in time'), 1), 200, 'in time'],
    ['sends and returns the reply', (_request, reply) => reply.send('in time'), 200, 'in time']
  ])('leaves a handler alone that %s', async (_what, handler, status, body) => {
    expect(await askTimed(handler)).toEqual({ status, body })
  })

  it('passes on what a handler throws', async () => {
    const fail = (): never => {
      throw new Error('no')
    }
    expect(await askTimed(fail)).toMatchObject({ status: 500 })
    expect(await askTimed(async () => fail())).toMatchObject({ status: 500 })
  })
})

describe('a limit of parallel requests', () => {
  /** A handler that runs until it is told to end, and the replies it was asked with. */
  function createLimited(limit: number) {
    const running: { id: number; end: () => void }[] = []
    const limited = withConcurrencyLimit(
      (request) =>
        new Promise((resolve) => running.push({ id: Number(request.id), end: () => resolve('done') })),
      limit
    )
    let next = 0
    function ask() {
      const raw = Object.assign(new EventEmitter(), { destroyed: false })
      const reply = { raw, hijack: () => reply } as unknown as FastifyReply
      const id = next++
      const answer = Promise.resolve(limited.call({} as never, { id } as unknown as FastifyRequest, reply))
      function leave(): void {
        raw.destroyed = true
        raw.emit('close')
      }
      return { answer, leave }
    }
    return { ask, running }
  }

  it('lets that many run, and the others wait in order', async () => {
    const { ask, running } = createLimited(2)
    const asked = [ask(), ask(), ask(), ask()]
    await Promise.resolve()
    expect(running.map(({ id }) => id)).toEqual([0, 1])
    asked[1]?.leave()
    await expect.poll(() => running.map(({ id }) => id)).toEqual([0, 1, 2])
  })

  it('refuses the next one when ten wait for each that may run', async () => {
    const { ask } = createLimited(1)
    for (let i = 0; i < 11; i++) void ask().answer
    await expect(ask().answer).rejects.toMatchObject({ code: 'TREEWAY_BUSY', retryAfterSeconds: 1 })
  })

  it('gives the place of a client that left while it waited to the next one', async () => {
    const { ask, running } = createLimited(1)
    const [first, second] = [ask(), ask(), ask()]
    await Promise.resolve()
    second?.leave()
    first?.leave()
    await expect.poll(() => running.map(({ id }) => id)).toEqual([0, 2])
  })
})
