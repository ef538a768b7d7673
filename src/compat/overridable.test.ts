import type { FastifyReply, FastifyRequest } from 'fastify'
import { describe, expect, it } from 'vitest'
import { createFastify } from './create-fastify.ts'

describe('names that an application decorates itself', () => {
  it('are its own: values, methods and accessors', async () => {
    const app = createFastify()
    app.decorateRequest('path', 'of the app' as never)
    app.decorateRequest('context', { getter: () => ({ tenant: 7 }) } as never)
    app.decorateReply('context', function context(this: FastifyReply) {
      return this.statusCode
    } as never)
    app.get('/', async (request, reply) => ({
      path: request.path,
      context: request.context,
      status: (reply.context as unknown as () => number).call(reply)
    }))
    expect((await app.inject('/')).json()).toEqual({
      path: 'of the app',
      context: { tenant: 7 },
      status: 200
    })
  })

  it('can be assigned to, without a decorator', async () => {
    const app = createFastify()
    app.addHook('onRequest', async (request) => void Reflect.set(request, 'context', { user: 1 }))
    app.get('/', async (request) => request.context)
    expect((await app.inject('/')).json()).toEqual({ user: 1 })
  })

  it('can be replaced in a child context only', async () => {
    const app = createFastify()
    app.register(async (context) => {
      context.decorateRequest('path', 'of the child' as never)
      context.get('/child', async (request) => request.path)
    })
    app.get('/root', async (request) => request.path)
    expect((await app.inject('/child')).body).toBe('of the child')
    expect((await app.inject('/root')).body).toBe('/root')
  })

  it('may be methods of the reply', async () => {
    const app = createFastify()
    app.decorateReply('redirect', function redirect(this: FastifyReply, url: string) {
      return this.send(`go to ${url}`)
    } as never)
    app.get('/', (_request: FastifyRequest, reply) => void reply.redirect('/there'))
    expect((await app.inject('/')).body).toBe('go to /there')
  })

  it('are refused the second time, as any other name', () => {
    const app = createFastify()
    app.decorateRequest('path', 'one' as never)
    expect(() => app.decorateRequest('path', 'two' as never)).toThrow('already been added')
    app.decorateRequest('other', 1)
    expect(() => app.decorateRequest('other', 2)).toThrow('already been added')
  })

  it('may be shorthands of methods on the server', () => {
    const app = createFastify()
    app.decorate('search', 'an index' as never)
    expect(app.search).toBe('an index')
    expect(() => app.decorate('search', 'another' as never)).toThrow('already been added')
  })
})

describe('fields of the request', () => {
  it('path has no query, and context has the config of the route', async () => {
    const app = createFastify()
    app.get('/a/:id', { config: { output: 'hello' } as object }, async (request, reply) => [
      request.path,
      request.request === request,
      Reflect.get(reply.context.config, 'output'),
      Reflect.get(request.context.config, 'output')
    ])
    expect((await app.inject('/a/b?c=/d')).json()).toEqual(['/a/b', true, 'hello', 'hello'])
  })
})
