import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { expect, test } from 'vitest'
import { shareAfter } from './share-after.ts'

type Step = (error: Error | null, done: (error?: Error) => void) => void

/** As Fastify itself does; its types know no `done`. */
function putOff(app: FastifyInstance, step: Step): void {
  app.after(step as never)
}

function fail(): never {
  throw new Error('broken')
}

test('a route has the error handler that its plugin sets after it', async () => {
  const app = fastify()
  app.register(async (child) => {
    shareAfter(child, () => {
      child.get('/one', fail)
      child.get('/two', fail)
    })
    child.setErrorHandler((_error, _request, reply) => reply.code(418).send('teapot'))
  })
  for (const url of ['/one', '/two']) expect((await app.inject(url)).statusCode).toBe(418)
  await app.close()
})

test('all steps are waited for, and the first error is handed on', async () => {
  const app = fastify()
  const seen: string[] = []
  shareAfter(app, () => {
    putOff(app, (_error, done) => {
      setImmediate(() => done(new Error('late')))
    })
    putOff(app, (_error, done) => done(new Error('early')))
  })
  putOff(app, (error, done) => {
    seen.push(String(error?.message))
    done()
  })
  await app.ready()
  expect(seen).toEqual(['early'])
  await app.close()
})

test('a step of another form runs as it always did, and after() is what it was, whatever happens', async () => {
  const app = fastify()
  const { after } = app
  const seen: string[] = []
  expect(() =>
    shareAfter(app, () => {
      app.after(() => seen.push('plain'))
      putOff(app, (_error, done) => {
        seen.push('step')
        done()
      })
      fail()
    })
  ).toThrow('broken')
  expect(app.after).toBe(after)
  await app.ready()
  expect(seen).toEqual(['plain', 'step'])
  await app.close()
})
