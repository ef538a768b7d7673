import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveTree } from './serve-tree.ts'
import type { ServedTree } from './serve-tree.ts'

/** What wrangler 4.86.0 was seen to do, on the same tree. */
const FILES = {
  'public/index.html': '<h1>home</h1>',
  'public/page.html': '<h1>page</h1>',
  'public/_redirects': '/old /page 301\n/away https://example.com/ 302\n/loop /loop2\n/loop2 /loop',
  'functions/try/[what].js': `
    const show = async (response) => Response.json([response.status, response.headers.get('location'), await response.text()])
    const to = (path, { request }) => new URL(path, request.url)
    const tries = {
      url: async (c) => show(await c.env.ASSETS.fetch(to('/index.html', c))),
      text: async (c) => show(await c.env.ASSETS.fetch(to('/index.html', c).toString())),
      fresh: async (c) => show(await c.env.ASSETS.fetch(new Request(to('/index.html', c)))),
      rule: async (c) => show(await c.env.ASSETS.fetch(to('/old', c))),
      host: async (c) => show(await c.env.ASSETS.fetch('http://other.example/index.html')),
      nextPath: async (c) => show(await c.next('/index.html')),
      nextFresh: async (c) => show(await c.next(new Request(to('/index.html', c)))),
      away: async (c) => show(await c.env.ASSETS.fetch(to('/away', c))),
      loop: async (c) => show(await c.env.ASSETS.fetch(to('/loop', c))),
      derived: async (c) => show(await c.env.ASSETS.fetch(new Request(to('/index.html', c), c.request))),
      asInit: async (c) => show(await c.env.ASSETS.fetch(to('/index.html', c), c.request)),
      nextDerived: async (c) => show(await c.next(new Request(to('/index.html', c), c.request))),
      manual: async (c) => show(await c.env.ASSETS.fetch(to('/page.html', c), { redirect: 'manual' })),
      own: async (c) => show(await c.env.ASSETS.fetch(c.request, { headers: { a: 'b' } })),
      post: async (c) => show(await c.env.ASSETS.fetch(to('/index.html', c), { method: 'POST' })),
    }
    export const onRequestGet = (context) => tries[context.params.what](context)`,
  'functions/list.js': `export const onRequest = [({ next }) => next(), ({ request }) => Response.json([
      request, request.clone(), new Request(request), new Request(request, {}), new Request('http://x', request),
      new Request(request.clone()), new Request(request, { redirect: 'follow' }), new Request('http://x')
    ].map(({ redirect }) => redirect))]`,
  'functions/proxy.js': `export const onRequest = ({ request }) => fetch(new Request(new URL('/old', request.url), request))`,
  'functions/fetched.js': `export const onRequest = ({ request }) => fetch(new URL('/old', request.url))`
}

let tree: ServedTree
beforeAll(async () => {
  tree = await serveTree(FILES)
})
afterAll(() => tree.stop())

describe('a redirect of the static files', () => {
  test.each([
    ['url', [200, null, '<h1>home</h1>']],
    ['text', [200, null, '<h1>home</h1>']],
    ['fresh', [200, null, '<h1>home</h1>']],
    ['rule', [200, null, '<h1>page</h1>']],
    ['host', [200, null, '<h1>home</h1>']],
    ['nextPath', [200, null, '<h1>home</h1>']],
    ['nextFresh', [200, null, '<h1>home</h1>']]
  ])('is followed for a function that asks by itself: %s', async (what, expected) => {
    expect(await (await tree.fetch(`/try/${what}`)).json()).toEqual(expected)
  })

  test.each([
    ['derived', [308, '/', '']],
    ['asInit', [308, '/', '']],
    ['nextDerived', [308, '/', '']],
    ['manual', [308, '/page', '']],
    ['away', [302, 'https://example.com/', '']],
    ['post', [405, null, '']],
    ['own', [404, null, '']]
  ])("is left alone in the client's own request, and where it leads away: %s", async (what, expected) => {
    expect(await (await tree.fetch(`/try/${what}`)).json()).toEqual(expected)
  })

  test('that leads in a circle ends', async () => {
    const [status] = (await (await tree.fetch('/try/loop')).json()) as [number]
    expect(status).toBe(302)
  })
})

test("the client's request says that redirects are not followed, and so does whatever is made of it", async () => {
  const manual = Array.from({ length: 6 }, () => 'manual')
  expect(await (await tree.fetch('/list')).json()).toEqual([...manual, 'follow', 'follow'])
})

test('a function that hands the request on hands on the redirect, and one that fetches follows it', async () => {
  const proxied = await tree.fetch('/proxy')
  expect([proxied.status, proxied.headers.get('location')]).toEqual([301, '/page'])
  const fetched = await tree.fetch('/fetched')
  expect([fetched.status, await fetched.text()]).toEqual([200, '<h1>page</h1>'])
})

test('what the static files answer without a body has none', async () => {
  const bodies = await Promise.all(
    [
      tree.fetch('/index.html'),
      tree.fetch('/old'),
      tree.fetch('/page', { method: 'POST' }),
      tree.fetch('/page', { method: 'HEAD' })
    ].map(async (answer) => {
      const { status, headers } = await answer
      return [status, headers.get('content-type') ?? '', await (await answer).text()]
    })
  )
  expect(bodies.map(([status, , text]) => [status, text])).toEqual([
    [308, ''],
    [301, ''],
    [405, ''],
    [200, '']
  ])
  expect(bodies.slice(0, 3).map(([, type]) => type)).toEqual(['', '', ''])
})
