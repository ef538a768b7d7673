import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveTree } from './serve-tree.ts'
import type { ServedTree } from './serve-tree.ts'

/** What code of Pages projects uses beside `context`, each by one call. */
const CALLS: Readonly<Record<string, readonly [code: string, answer: unknown]>> = {
  'request.cf is asked safely': [
    `({ request, cf }) => Response.json([request.cf?.country ?? null, typeof request.cf, typeof cf])`,
    [200, [null, 'undefined', 'undefined']]
  ],
  'Cloudflare\u2019s headers are not there': [
    `({ request }) => Response.json(['CF-Connecting-IP', 'CF-IPCountry', 'CF-Ray'].map((name) => request.headers.get(name)))`,
    [200, [null, null, null]]
  ],
  'the context of a function has no pluginArgs': [
    `(context) => Response.json('pluginArgs' in context)`,
    [200, false]
  ],
  'waitUntil needs no this': [
    `({ waitUntil, passThroughOnException }) => { waitUntil(Promise.resolve()); passThroughOnException(); return Response.json(1) }`,
    [200, 1]
  ],
  structuredClone: [
    `() => Response.json(structuredClone({ at: new Date(0) }))`,
    [200, { at: '1970-01-01T00:00:00.000Z' }]
  ],
  'crypto.subtle and randomUUID': [
    `async () => {
      const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('a'))
      const key = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign', 'verify'])
      const signature = await crypto.subtle.sign('HMAC', key, new Uint8Array([1]))
      const holds = await crypto.subtle.verify('HMAC', key, signature, new Uint8Array([1]))
      return Response.json([new Uint8Array(bytes)[0], holds, crypto.randomUUID().length])
    }`,
    [200, [202, true, 36]]
  ],
  'a stream that is written to': [
    `() => {
      const { readable, writable } = new TransformStream()
      const writer = writable.getWriter()
      void (async () => { for (const part of ['1', '2']) await writer.write(new TextEncoder().encode(part)); await writer.close() })()
      return new Response(readable, { headers: { 'content-type': 'application/json' } })
    }`,
    [200, 12]
  ],
  'a stream through a decoder, a change and an encoder': [
    `({ env, request }) => env.ASSETS.fetch(new URL('/data.json', request.url)).then((page) => new Response(page.body
      .pipeThrough(new TextDecoderStream()).pipeThrough(new TransformStream({ transform(text, to) { to.enqueue(text.replace('1', '2')) } }))
      .pipeThrough(new TextEncoderStream())))`,
    [200, { a: 2 }]
  ],
  'compression streams': [
    `async () => new Response(new Blob(['[7]']).stream().pipeThrough(new CompressionStream('gzip')).pipeThrough(new DecompressionStream('gzip')))`,
    [200, [7]]
  ],
  'a response read twice by clone': [
    `async ({ next }) => { const page = await next('/data.json'); const copy = page.clone(); return Response.json([await page.json(), await copy.json()]) }`,
    [200, [{ a: 1 }, { a: 1 }]]
  ],
  'a response made of another, with other headers': [
    `async ({ env, request }) => {
      const page = await fetch(new URL('/data.json', request.url))
      const answer = new Response(page.body, page)
      answer.headers.set('x-own', 'yes'); answer.headers.delete('etag')
      return Response.json([answer.headers.get('x-own'), answer.headers.get('etag'), answer.headers.has('cache-control'), await answer.json()])
    }`,
    [200, ['yes', null, true, { a: 1 }]]
  ],
  'the headers of fetch can not be changed': [
    `async ({ request }) => { const page = await fetch(new URL('/data.json', request.url)); page.headers.set('a', 'b'); return page }`,
    [500, expect.anything()]
  ],
  'Set-Cookie, many times': [
    `() => { const answer = Response.json([]); answer.headers.append('set-cookie', 'a=1'); answer.headers.append('Set-Cookie', 'b=2'); return Response.json(answer.headers.getSetCookie()) }`,
    [200, ['a=1', 'b=2']]
  ],
  'Response.json with status and headers': [
    `() => Response.json({ a: 1 }, { status: 201, headers: { 'content-type': 'application/problem+json' } })`,
    [201, { a: 1 }]
  ],
  'a redirect needs a whole URL': [`() => Response.redirect('/page')`, [500, expect.anything()]],
  'a status without a body': [`() => new Response(null, { status: 204 })`, [204, '']],
  'a form as an answer': [
    `async () => { const form = new FormData(); form.set('a', 'b'); const answer = new Response(form); return Response.json((await answer.clone().formData()).get('a')) }`,
    [200, 'b']
  ],
  'new Request of a URL and of the request': [
    `async ({ request }) => {
      const one = new Request('http://x/a', { method: 'PUT', body: '{}', headers: { a: 'b' } })
      const other = new Request(request, { headers: { a: 'c' } })
      return Response.json([one.method, one.headers.get('a'), await one.json(), other.method, other.headers.get('a'), new URL(other.url).pathname])
    }`,
    [200, ['PUT', 'b', {}, 'GET', 'c', expect.stringMatching(/^\/\w+\/\d+$/)]]
  ],
  'timers, text and numbers of the platform': [
    `async () => {
      await new Promise((done) => setTimeout(done, 1)); await new Promise((done) => queueMicrotask(done))
      return Response.json([atob(btoa('a')), new URLSearchParams('a=b&a=c').getAll('a'), AbortSignal.timeout(1000).aborted, new URL('../b', 'http://x/a/c').pathname])
    }`,
    [200, ['a', ['b', 'c'], false, '/b']]
  ],
  'a value that is no Response': [`() => ({ a: 1 })`, [500, expect.anything()]],
  'values of env cannot be guessed': [
    `({ env }) => Response.json([env.HOME ?? null, env.NODE_ENV ?? null])`,
    [200, [null, null]]
  ]
}

let tree: ServedTree
beforeAll(async () => {
  const calls = Object.values(CALLS).map(([code]) => code)
  tree = await serveTree({
    'functions/call/[number].js': `const calls = [${calls.join(',\n')}]
      export const onRequest = (context) => calls[context.params.number](context)`,
    'functions/around/_middleware.js': 'export const onRequest = ({ next }) => next()',
    'functions/around/[number].js': `import { onRequest as call } from '../call/[number].js'
      export const onRequest = (context) => call(context)`,
    'public/data.json': '{ "a": 1 }'
  })
})
afterAll(() => tree.stop())

describe.each(['call', 'around'])('in /%s', (folder) => {
  test.each(Object.entries(CALLS).map(([name, [, wanted]], i) => [name, i, wanted] as const))(
    '%s',
    async (_name, i, wanted) => {
      const answer = await tree.fetch(`/${folder}/${i}`)
      const text = await answer.text()
      expect([answer.status, text === '' ? '' : JSON.parse(text)]).toEqual(wanted)
    }
  )
})
