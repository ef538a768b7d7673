import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { AppOptions } from '../../src/app.ts'
import { serveTree } from './serve-tree.ts'
import type { ServedTree } from './serve-tree.ts'

const MARK = (
  name: string
): string => `export async function onRequest({ next, params, functionPath, data }) {
  data.trail = [...(data.trail ?? []), '${name}']
  const response = await next()
  response.headers.append('x-trail', JSON.stringify(['${name}', params, functionPath]))
  return response
}`

function toTrail(answer: Response): unknown[] {
  return JSON.parse(`[${answer.headers.get('x-trail') ?? ''}]`)
}

describe('what a middleware covers', () => {
  let tree: ServedTree

  beforeAll(async () => {
    tree = await serveTree({
      'functions/_middleware.js': MARK('root'),
      'functions/gate/_middleware.js': MARK('gate'),
      'functions/gate/hello.js': `export const onRequestGet = ({ data }) => Response.json(data.trail)`,
      'functions/gate/moved.js': `export const onRequest = () => Response.redirect('http://example.org/', 302)`,
      'functions/gate/user/[id]/_middleware.js': MARK('id'),
      'functions/gate/user/[id]/[[rest]].js': `export const onRequest = ({ params, data }) => Response.json({ params, trail: data.trail })`,
      'functions/gate.js': `export const onRequest = () => new Response('gate itself')`,
      'functions/verbs/_middleware.js': `
        export const onRequest = [({ next }) => next(), async ({ next }) => {
          const response = await next()
          response.headers.append('x-verb', 'any')
          return response
        }]
        export const onRequestPost = async ({ next }) => {
          const response = await next()
          response.headers.append('x-verb', 'post')
          return response
        }
        export const onRequestGet = () => new Response('get is guarded', { status: 401 })`,
      'functions/verbs/hello.js': `export const onRequest = () => new Response('hello')`,
      'public/gate/file.txt': 'a file',
      'public/gate/page.html': '<p>page</p>',
      'public/_redirects': '/gate/old /gate/file.txt 301',
      'public/404.html': '<p>nothing here</p>'
    })
  })
  afterAll(() => tree.stop())

  test('is outermost first, each with its own parameters and path', async () => {
    const answer = await tree.fetch('/gate/user/seven/a/b')
    expect(await answer.json()).toEqual({
      params: { id: 'seven', rest: ['a', 'b'] },
      trail: ['root', 'gate', 'id']
    })
    expect(toTrail(answer)).toEqual([
      ['id', { id: 'seven' }, '/gate/user/seven'],
      ['gate', {}, '/gate'],
      ['root', {}, '/']
    ])
  })

  test.each([
    ['a function', '/gate/hello', 200],
    ['the file beside the folder', '/gate', 200],
    ['a static file', '/gate/file.txt', 200],
    ['a page without extension', '/gate/page', 200],
    ['the redirect to a page', '/gate/page.html', 308],
    ['a redirect rule', '/gate/old', 301],
    ['the redirect of a function', '/gate/moved', 302],
    ['a directory that is not there', '/gate', 200]
  ])('takes in %s', async (_name, path, status) => {
    const answer = await tree.fetch(path)
    expect(answer.status).toBe(status)
    expect(toTrail(answer).map((entry) => (entry as string[])[0])).toContain('gate')
  })

  test('takes in a miss, a wrong method and a file asked for in parts', async () => {
    const missing = await tree.fetch('/nowhere')
    expect([missing.status, toTrail(missing).length, await missing.text()]).toEqual([
      404,
      1,
      '<p>nothing here</p>'
    ])
    const wrong = await tree.fetch('/gate/file.txt', { method: 'POST' })
    expect([wrong.status, toTrail(wrong).length]).toEqual([405, 2])
    const part = await tree.fetch('/gate/file.txt', { headers: { range: 'bytes=2-5' } })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 2-5/6',
      'file'
    ])
  })

  test('keeps the length and the conditional answers of a static file', async () => {
    const head = await tree.fetch('/gate/file.txt', { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), toTrail(head).length]).toEqual([200, '6', 2])
    const again = await tree.fetch('/gate/file.txt', {
      headers: { 'if-none-match': head.headers.get('etag') ?? '', 'cache-control': 'max-age=0' }
    })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  test('is chosen by method too, the general one first, and GET covers HEAD', async () => {
    const post = await tree.fetch('/verbs/hello', { method: 'POST' })
    expect([post.status, post.headers.get('x-verb'), await post.text()]).toEqual([200, 'post, any', 'hello'])
    expect((await tree.fetch('/verbs/hello')).status).toBe(401)
    expect((await tree.fetch('/verbs/hello', { method: 'HEAD' })).status).toBe(401)
    expect((await tree.fetch('/verbs/none', { method: 'HEAD' })).status).toBe(401)
  })
})

describe('a middleware beside plugins', () => {
  test('runs before the hooks of boot files and plugins, and sees what they did to the answer but for onSend', async () => {
    const tree = await serveTree({
      'boot/hooks.js': `export default async (server) => {
        server.addHook('onRequest', async (request) => { request.headers['x-log'] = (request.headers['x-log'] ?? '') + ' boot' })
      }`,
      'functions/+hooks.js': `export default async (server) => {
        server.addHook('preHandler', async (request) => { request.headers['x-log'] += ' plugin' })
        server.addHook('onSend', async (_request, reply, payload) => { reply.header('x-sent', 'plugin'); return payload })
      }`,
      'functions/_middleware.js': `export const onRequest = async ({ request, next }) => {
        const headers = new Headers(request.headers)
        headers.set('x-log', 'middleware')
        const response = await next(new Request(request, { headers }))
        response.headers.set('x-seen', String(response.headers.has('x-sent')))
        return response
      }`,
      'functions/context.js': `export const onRequest = ({ request }) => new Response(request.headers.get('x-log'))`,
      'functions/reply.js': `export default async (request) => request.headers['x-log']`
    })
    const reply = await tree.fetch('/reply')
    expect([await reply.text(), reply.headers.get('x-sent'), reply.headers.get('x-seen')]).toEqual([
      'middleware boot plugin',
      'plugin',
      'false'
    ])
    const context = await tree.fetch('/context')
    expect([context.headers.get('x-sent'), context.headers.get('x-seen')]).toEqual(['plugin', 'false'])
    await tree.stop()
  })

  test('refuses before a plugin of its folder is asked', async () => {
    const tree = await serveTree({
      'functions/gate/+hooks.js': `export default async (server) => {
        server.addHook('onRequest', async (request, reply) => { reply.header('x-plugin', 'ran') })
      }`,
      'functions/gate/_middleware.js': `export const onRequest = () => new Response('no', { status: 401 })`,
      'functions/gate/hello.js': `export const onRequest = () => new Response('hello')`
    })
    const answer = await tree.fetch('/gate/hello')
    expect([answer.status, answer.headers.get('x-plugin')]).toEqual([401, null])
    await tree.stop()
  })

  test('catches what a plugin throws, and a request that Fastify itself refuses', async () => {
    const tree = await serveTree({
      'functions/_middleware.js': `export const onRequest = async ({ next }) => {
        try { return await next() } catch (error) { return Response.json({ caught: error.message, code: error.code }, { status: 400 }) }
      }`,
      'functions/gate/+guard.js': `export default async (server) => {
        server.addHook('preHandler', async () => { throw new Error('not for you') })
      }`,
      'functions/gate/hello.js': `export const onRequest = () => new Response('hello')`,
      'functions/post.json.js': `export default async (request) => request.body`,
      'functions/any.js': `export const onRequest = () => new Response('hello')`
    })
    expect(await (await tree.fetch('/gate/hello')).json()).toEqual({ caught: 'not for you' })
    const headers = { 'content-type': 'application/json' }
    const broken = await tree.fetch('/json', { method: 'POST', headers, body: '{' })
    expect((await broken.json()).caught).toContain('JSON')
    const type = await tree.fetch('/any', {
      method: 'POST',
      headers: { 'content-type': 'nonsense' },
      body: 'x'
    })
    expect(await type.json()).toMatchObject({ code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' })
    await tree.stop()
  })
})

describe('a middleware that can not run', () => {
  const files = {
    'functions/open.js': `export const onRequest = () => new Response('open')`,
    'functions/gate/hello.js': `export const onRequest = () => new Response('secret')`,
    'functions/gate/reply.js': `export default () => 'secret'`,
    'public/gate/file.txt': 'secret'
  }

  test.each([
    ['throws while it is loaded', `throw new Error('broken'); export const onRequest = ({ next }) => next()`],
    ['has a syntax error', `export const onRequest = ({ next }) => {`],
    ['imports what is not there', `import './nowhere.js'; export const onRequest = ({ next }) => next()`],
    ['exports no function', `export const onRequest = 'next'`],
    ['exports a list with something else in it', `export const onRequest = [({ next }) => next(), 'next']`]
  ])('because it %s leaves nothing unguarded', async (_name, source) => {
    const tree = await serveTree({ ...files, 'functions/gate/_middleware.js': source }, { problems: 'serve' })
    expect(await (await tree.fetch('/open')).text()).toBe('open')
    for (const path of ['/gate/hello', '/gate/reply', '/gate/file.txt', '/gate/nothing', '/gate']) {
      const answer = await tree.fetch(path)
      expect([path, answer.status]).toEqual([path, 500])
      expect(await answer.text()).not.toContain('secret')
    }
    expect(tree.app.treeway.problems.map(({ file }) => file)).toContain('functions/gate/_middleware.js')
    await tree.stop()
    await expect(createApp({ dir: tree.dir })).rejects.toThrow()
  })

  test('refuses to start', async () => {
    const serving = serveTree({
      ...files,
      'functions/gate/_middleware.js': `export const onRequest = 'next'`
    })
    await expect(serving).rejects.toThrow('functions/gate/_middleware.js')
  })
})

describe('spellings of a path', () => {
  test.each([
    ['no case', { caseSensitive: false }, ['/GATE/hello', '/Gate/HELLO']],
    ['a semicolon', { useSemicolonDelimiter: true }, ['/gate;x/hello', '/gate/hello;x', '/gate;/hello']]
  ])('that a router takes which knows %s are guarded too', async (_name, routerOptions, paths) => {
    const tree = await serveTree(
      {
        'functions/gate/_middleware.js': `export const onRequest = () => new Response('no', { status: 401 })`,
        'functions/gate/hello.js': `export default () => 'secret'`,
        'functions/gate/index.js': `export default () => 'secret'`
      },
      { fastify: { routerOptions } as NonNullable<AppOptions['fastify']> }
    )
    for (const path of ['/gate/hello', ...paths]) {
      expect(await (await tree.fetch(path)).text()).not.toContain('secret')
    }
    await tree.stop()
  })
})
