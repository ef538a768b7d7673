import type { FastifyReply } from 'fastify'
import { describe, expect, it } from 'vitest'
import { createFastify } from './create-fastify.ts'
import { ReplyView } from './reply-view.ts'

async function withReply(use: (reply: FastifyReply) => unknown) {
  const app = createFastify()
  app.decorateReply('mark', '')
  app.decorateReply('setMark', function setMark(this: FastifyReply, text: string) {
    Reflect.set(this, 'mark', text)
    return this
  })
  app.get('/', (_request, reply) => void use(reply))
  return app.inject('/')
}

describe('what a setter of the reply returns', () => {
  it('chains every setter and sends', async () => {
    const answer = await withReply((reply) =>
      reply
        .code(200)
        .status(201)
        .header('x-a', '1')
        .headers({ 'x-b': '2' })
        .type('text/plain')
        .removeHeader('x-a')
        .send('sent')
    )
    expect([answer.statusCode, answer.headers['x-a'], answer.headers['x-b'], answer.body]).toEqual([
      201,
      undefined,
      '2',
      'sent'
    ])
  })

  it('is not a thenable, while the reply is', async () => {
    await withReply((reply) => {
      expect(Reflect.get(reply.code(200), 'then')).toBeUndefined()
      expect(typeof reply.then).toBe('function')
      reply.send()
    })
  })

  it('passes decorators, properties and symbols on to the reply', async () => {
    const key = Symbol('of a plugin')
    await withReply((reply) => {
      const view = reply.code(200)
      Reflect.set(view, key, 'kept')
      expect(Reflect.get(reply, key)).toBe('kept')
      expect(Reflect.get(view, key)).toBe('kept')
      expect([view.statusCode, view.sent, view.request === reply.request]).toEqual([200, false, true])
      expect(Reflect.get(view, 'setMark').call(undefined, 'made')).toBe(reply)
      expect(Reflect.get(reply, 'mark')).toBe('made')
      expect(ReplyView.toReply(view)).toBe(reply)
      reply.send()
    })
  })

  it('waits for the answer when it was sent', async () => {
    const app = createFastify()
    const order: string[] = []
    app.addHook('onResponse', async () => void order.push('answered'))
    app.get('/', async (_request, reply) => {
      await reply.code(404).send('gone')
      order.push('after')
    })
    expect((await app.inject('/')).body).toBe('gone')
    await expect.poll(() => order.length).toBe(2)
  })

  it('is what a child context of an overridden setter gives too', async () => {
    const app = createFastify()
    app.register(async (context) => {
      context.decorateReply('header', function header(this: FastifyReply, name: string) {
        this.raw.setHeader(name, 'overridden')
        return this
      })
      context.get('/child', (_request, reply) => void reply.code(200).header('x-a', '1').send(''))
    })
    expect((await app.inject('/child')).headers['x-a']).toBe('overridden')
  })
})
