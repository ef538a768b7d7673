import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, test } from 'vitest'
import { serveTree, waitUntil } from './serve-tree.ts'
import type { ServedTree } from './serve-tree.ts'

const trees: ServedTree[] = []

async function serve(files: Readonly<Record<string, string>>, options = {}): Promise<ServedTree> {
  const tree = await serveTree(files, options)
  trees.push(tree)
  return tree
}

afterEach(async () => {
  await Promise.all(trees.splice(0).map((tree) => tree.stop()))
})

function takeNotes(): string[] {
  const global = globalThis as { treewayNotes?: string[] }
  global.treewayNotes = []
  return global.treewayNotes
}

const NOTE = `const note = (text) => globalThis.treewayNotes.push(text)\n`

describe('env', () => {
  const files = {
    'functions/env.js': `export const onRequest = ({ env }) => {
      const { ASSETS, ...values } = env
      return Response.json({ ...values, assets: typeof ASSETS.fetch })
    }`,
    'functions/event.js': `export const handler = (event) => event.env`,
    '.dev.vars': 'A=vars\nB="from vars"\n',
    '.env': 'C=env\n'
  }

  test('has .dev.vars in development, what the configuration says over it, and nothing of the process', async () => {
    process.env['TREEWAY_TEST_LEAK'] = 'leaked'
    const tree = await serve(files, { problems: 'serve', config: { env: { A: 'config' } } })
    expect(await (await tree.fetch('/env')).json()).toEqual({
      A: 'config',
      B: 'from vars',
      assets: 'function'
    })
    expect(await (await tree.fetch('/event')).json()).toMatchObject({ A: 'config', B: 'from vars' })
    delete process.env['TREEWAY_TEST_LEAK']
  })

  test('has only what the configuration says in production', async () => {
    const tree = await serve(files, { config: { env: { A: 'config' } } })
    expect(await (await tree.fetch('/env')).json()).toEqual({ A: 'config', assets: 'function' })
  })

  test('fetches static files by URL, path and Request, with what they answer', async () => {
    const tree = await serve({
      'functions/[[all]].js': `export const onRequest = async ({ request, env }) => {
        const page = new URL('/page', request.url)
        const answers = [await env.ASSETS.fetch(page), await env.ASSETS.fetch(String(page)), await env.ASSETS.fetch(new Request(page)),
          await env.ASSETS.fetch(new URL('/none', request.url)), await env.ASSETS.fetch(new Request(page, { method: 'POST', body: 'x' }))]
        return Response.json(await Promise.all(answers.map(async (answer) => [answer.status, await answer.text()])))
      }`,
      'public/page.html': '<p>page</p>'
    })
    expect(await (await tree.fetch('/')).json()).toEqual([
      [200, '<p>page</p>'],
      [200, '<p>page</p>'],
      [200, '<p>page</p>'],
      [404, ''],
      [405, '']
    ])
  })
})

describe('next()', () => {
  const SHOW = `async ({ request, data }) => new Response([request.method, new URL(request.url).pathname,
    request.headers.get('x-a'), await request.text(), data.who].join(' '))`

  test.each([
    ['with nothing', 'next()', 'POST /list yes body anna'],
    ['with the request', 'next(request)', 'POST /list yes body anna'],
    ['with a path, which begins a new GET', `next('/other')`, 'GET /other   anna'],
    ['with a URL', `next(new URL('/other?x', request.url))`, 'GET /other   anna'],
    [
      'with a URL and what it is asked with',
      `next('/other', { method: 'PUT', body: 'new' })`,
      'PUT /other  new anna'
    ],
    [
      'with a Request of new headers',
      `next(new Request(request, { headers: { 'x-a': 'no' } }))`,
      'POST /list no body anna'
    ],
    [
      'with a Request and what is other about it',
      `next(request, { headers: { 'x-a': 'no' } })`,
      'POST /list no body anna'
    ],
    ['with a copy', `next(request.clone())`, 'POST /list yes body anna'],
    [
      'with a Request to another URL',
      `next(new Request(new URL('/other', request.url), request))`,
      'POST /other yes body anna'
    ]
  ])('%s tells the next function in the list', async (_name, call, expected) => {
    const tree = await serve({
      'functions/list.js': `export const onRequest = [async ({ request, next, data }) => { data.who = 'anna'; return ${call} }, ${SHOW}]`,
      'functions/around/_middleware.js': `export const onRequest = async ({ request, next, data }) => { data.who = 'anna'; return ${call.replace('/list', '/around/list')} }`,
      'functions/around/list.js': `export const onRequest = ${SHOW}`
    })
    const init = { method: 'POST', headers: { 'x-a': 'yes' }, body: 'body' }
    expect(await (await tree.fetch('/list', init)).text()).toBe(expected)
    expect(await (await tree.fetch('/around/list', init)).text()).toBe(
      expected.replace('/list', '/around/list')
    )
  })

  test('of the last function goes to the static files, never to a less specific function', async () => {
    const tree = await serve({
      'functions/[[all]].js': `export const onRequest = () => new Response('all')`,
      'functions/page.js': `export const onRequest = [({ next }) => next(), ({ next }) => next()]`,
      'functions/none.js': `export const onRequest = async ({ next }) => { const { status } = await next(); return new Response('status ' + status) }`,
      'functions/moved.js': `export const onRequest = ({ next }) => next('/page')`,
      'functions/empty.js': `export const onRequest = []`,
      'public/page.html': '<p>page</p>',
      'public/empty.html': '<p>empty</p>'
    })
    expect(await (await tree.fetch('/page')).text()).toBe('<p>page</p>')
    expect(await (await tree.fetch('/none')).text()).toBe('status 404')
    expect(await (await tree.fetch('/moved')).text()).toBe('<p>page</p>')
    expect(await (await tree.fetch('/empty')).text()).toBe('<p>empty</p>')
    const head = await tree.fetch('/page', { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '11'])
    expect((await tree.fetch('/page', { method: 'POST' })).status).toBe(405)
  })

  test('gives a response whose headers can be changed, whatever made it', async () => {
    const tree = await serve({
      'functions/_middleware.js': `export const onRequest = async ({ next }) => {
        const response = await next()
        response.headers.set('x-mark', 'set')
        return response
      }`,
      'functions/redirect.js': `export const onRequest = () => Response.redirect('http://example.org/', 307)`,
      'functions/json.js': `export const onRequest = () => Response.json({ a: 1 }, { status: 201 })`,
      'functions/fetched.js': `export const onRequest = ({ request }) => fetch(new URL('/json', request.url))`,
      'public/file.txt': 'file'
    })
    const seen = await Promise.all(
      ['/redirect', '/json', '/fetched', '/file.txt', '/none'].map(async (path) => {
        const answer = await tree.fetch(path)
        return [answer.status, answer.headers.get('x-mark')]
      })
    )
    expect(seen).toEqual([
      [307, 'set'],
      [201, 'set'],
      [201, 'set'],
      [200, 'set'],
      [404, 'set']
    ])
  })
})

describe('data', () => {
  test('is shared, replaced by an object, and refused as anything else', async () => {
    const tree = await serve({
      'functions/_middleware.js': `export const onRequest = async (context) => {
        context.data = { by: 'middleware' }
        const response = await context.next()
        response.headers.set('x-after', context.data.by)
        return response
      }`,
      'functions/set.js': `export const onRequest = (context) => { const { by } = context.data; context.data = { by: 'handler' }; return new Response(by) }`,
      'functions/bad.js': `export const onRequest = (context) => { context.data = 'text'; return new Response('no') }`,
      'functions/keys.js': `export const onRequest = (context) => Response.json(Object.keys(context).sort())`
    })
    const set = await tree.fetch('/set')
    expect([await set.text(), set.headers.get('x-after')]).toEqual(['middleware', 'handler'])
    expect((await tree.fetch('/bad')).status).toBe(500)
    expect(await (await tree.fetch('/keys')).json()).toEqual(
      [
        'request',
        'functionPath',
        'next',
        'params',
        'data',
        'env',
        'waitUntil',
        'passThroughOnException'
      ].sort()
    )
  })
})

describe('waitUntil', () => {
  test('is finished before the app is closed, and its failure harms nobody', async () => {
    const notes = takeNotes()
    const tree = await serve({
      'functions/late.js': `${NOTE}export const onRequest = ({ waitUntil }) => {
        waitUntil(new Promise((done) => setTimeout(done, 50)).then(() => note('done')))
        waitUntil(Promise.reject(new Error('lost')))
        return new Response('soon')
      }`
    })
    expect(await (await tree.fetch('/late')).text()).toBe('soon')
    expect(notes).toEqual([])
    await tree.stop()
    expect(notes).toEqual(['done'])
  })
})

describe('a handler that fails', () => {
  const files = {
    'functions/page.js': `export const onRequest = ({ passThroughOnException }) => { passThroughOnException(); throw new Error('broken') }`,
    'functions/late.js': `export const onRequest = async ({ passThroughOnException }) => { await null; passThroughOnException(); throw new Error('broken') }`,
    'functions/throws.js': `export const onRequest = () => { throw new Error('the secret text') }`,
    'functions/text.js': `export const onRequest = () => 'a text'`,
    'functions/nothing.js': `export const onRequest = async () => {}`,
    'functions/object.js': `export const onRequest = () => ({ status: 200 })`,
    'public/page.html': '<p>page</p>',
    'public/late.html': '<p>late</p>'
  }

  test('passes through to the static files where it said so', async () => {
    const tree = await serve(files)
    expect(await (await tree.fetch('/page')).text()).toBe('<p>page</p>')
    expect(await (await tree.fetch('/late')).text()).toBe('<p>late</p>')
  })

  test('is a 500 that says what is wrong in development, and nothing of it in production', async () => {
    const dev = await serve(files, { problems: 'serve' })
    expect((await (await dev.fetch('/text')).json()).message).toContain(
      'should return a Response; it returned string'
    )
    expect((await (await dev.fetch('/nothing')).json()).message).toContain('it returned undefined')
    expect((await (await dev.fetch('/object')).json()).message).toContain('it returned object')
    const production = await serve(files)
    const answer = await production.fetch('/throws')
    expect([answer.status, (await answer.text()).includes('secret')]).toEqual([500, false])
  })
})

describe('bodies', () => {
  test('of every kind that a Response takes', async () => {
    const bytes = `new TextEncoder().encode('bytes')`
    const tree = await serve({
      'functions/body/[kind].js': `
        const form = () => { const form = new FormData(); form.set('a', 'b'); return form }
        const make = {
          text: () => new Response('text'), none: () => new Response(null, { status: 204 }), undefined: () => new Response(),
          bytes: () => new Response(${bytes}), buffer: () => new Response(${bytes}.buffer), view: () => new Response(new DataView(${bytes}.buffer)),
          blob: () => new Response(new Blob(['blob'], { type: 'text/csv' })), params: () => new Response(new URLSearchParams({ a: 'b c' })),
          form: () => new Response(form()), json: () => Response.json([1]), error: () => new Response('teapot', { status: 418, statusText: 'Teapot' }),
          stream: () => new Response(new ReadableStream({ start(controller) { controller.enqueue(${bytes}); controller.close() } })),
          cookies: () => { const headers = new Headers(); headers.append('set-cookie', 'a=1'); headers.append('set-cookie', 'b=2'); return new Response('', { headers }) },
          clone: () => new Response('clone').clone(), failing: () => Response.error()
        }
        export const onRequest = ({ params }) => make[params.kind]()`
    })
    const ask = async (kind: string): Promise<unknown[]> => {
      const answer = await tree.fetch(`/body/${kind}`)
      return [answer.status, answer.headers.get('content-type'), await answer.text()]
    }
    expect(await ask('text')).toEqual([200, expect.stringMatching(/^text\/plain; ?charset=utf-8$/i), 'text'])
    expect(await ask('none')).toEqual([204, null, ''])
    expect((await ask('undefined')).slice(0, 1)).toEqual([200])
    expect((await ask('bytes')).at(-1)).toBe('bytes')
    expect((await ask('buffer')).at(-1)).toBe('bytes')
    expect((await ask('view')).at(-1)).toBe('bytes')
    expect(await ask('blob')).toEqual([200, 'text/csv', 'blob'])
    expect(await ask('params')).toEqual([200, 'application/x-www-form-urlencoded;charset=UTF-8', 'a=b+c'])
    expect(await ask('form')).toEqual([
      200,
      expect.stringContaining('multipart/form-data; boundary='),
      expect.stringContaining('name="a"')
    ])
    expect(await ask('json')).toEqual([200, expect.stringContaining('application/json'), '[1]'])
    expect((await ask('error')).at(0)).toBe(418)
    expect((await ask('stream')).at(-1)).toBe('bytes')
    expect((await ask('clone')).at(-1)).toBe('clone')
    expect((await ask('failing')).at(0)).toBe(500)
    expect((await tree.fetch('/body/cookies')).headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  test('of every kind that a request brings', async () => {
    const tree = await serve({
      'functions/read/[how].js': `export const onRequest = async ({ request, params }) => {
        const copy = request.clone()
        const read = {
          form: async () => { const form = await request.formData(); const file = form.get('file'); return [form.get('name'), file?.name, await file?.text?.()] },
          json: () => request.json(), text: () => request.text(), blob: async () => (await request.blob()).size,
          bytes: async () => (await request.arrayBuffer()).byteLength, again: async () => [await request.text(), await copy.text()],
          used: async () => { await request.text(); return [request.bodyUsed, await request.text().catch((error) => error.name)] }
        }
        return Response.json(await read[params.how]())
      }`,
      'functions/list.js': `export const onRequest = [async ({ request, next }) => { await request.text(); return next() },
        async ({ request }) => new Response(await request.text())]`
    })
    const ask = async (how: string, body: BodyInit): Promise<unknown> =>
      (await tree.fetch(`/read/${how}`, { method: 'POST', body })).json()
    const form = new FormData()
    form.set('name', 'anna')
    form.set('file', new File(['content'], 'a.txt'))
    expect(await ask('form', form)).toEqual(['anna', 'a.txt', 'content'])
    expect(await ask('form', new URLSearchParams({ name: 'anna' }))).toEqual(['anna', null, null])
    expect(await ask('json', '{"a":1}')).toEqual({ a: 1 })
    expect(await ask('text', 'text')).toBe('text')
    expect(await ask('blob', 'text')).toBe(4)
    expect(await ask('bytes', 'text')).toBe(4)
    expect(await ask('again', 'text')).toEqual(['text', 'text'])
    expect(await ask('used', 'text')).toEqual([true, 'TypeError'])
    expect(await (await tree.fetch('/list', { method: 'POST', body: 'twice' })).text()).toBe('twice')
  })

  test('pass through a fetch of the same request to another server', async () => {
    const origin = await serve({
      'functions/up.js': `export const onRequest = async ({ request }) => new Response(await request.text() + ' ' + request.headers.get('x-a'), { headers: { 'x-origin': 'yes' } })`
    })
    const tree = await serve({
      'functions/up.js': `export const onRequest = ({ request }) => {
        const url = new URL(request.url); url.port = '${origin.port}'
        return fetch(new Request(url, request))
      }`,
      'functions/self.js': `export const onRequest = async ({ request }) => (await fetch(new Request(request))).status === 508 ? new Response() : new Response('asked')`
    })
    const answer = await tree.fetch('/up', { method: 'POST', headers: { 'x-a': 'b' }, body: 'text' })
    expect([await answer.text(), answer.headers.get('x-origin')]).toEqual(['text b', 'yes'])
  })

  test('that another server sent compressed reach the client whole, and those a function compressed too', async () => {
    const tree = await serve({
      'functions/origin.js': `import { gzipSync } from 'node:zlib'
        export const onRequest = () => new Response(gzipSync('a text'), { headers: { 'content-encoding': 'gzip', 'x-own': 'yes' } })`,
      'functions/proxy.js': `export const onRequest = ({ request }) => fetch(new Request(new URL('/origin', request.url), request))`,
      'functions/copy.js': `export const onRequest = async ({ request }) => {
        const answer = await fetch(new URL('/origin', request.url))
        return new Response(answer.body, answer)
      }`
    })
    for (const path of ['/origin', '/proxy', '/copy']) {
      const answer = await tree.fetch(path)
      expect([path, answer.headers.get('x-own'), await answer.text()]).toEqual([path, 'yes', 'a text'])
    }
  })

  test('stream both ways at once', async () => {
    const tree = await serve({
      'functions/echo.js': `export const onRequest = ({ request }) => new Response(request.body)`
    })
    const outgoing = httpRequest({ port: tree.port, path: '/echo', method: 'POST', agent: false })
    outgoing.write('first')
    const [answer] = await once(outgoing, 'response')
    expect(String((await once(answer, 'data'))[0])).toBe('first')
    outgoing.end('second')
    expect(await new Response(Readable.toWeb(answer) as ReadableStream).text()).toBe('second')
  })

  test('a client that leaves aborts the signal of its request', async () => {
    const notes = takeNotes()
    const tree = await serve({
      'functions/wait.js': `${NOTE}export const onRequest = async ({ request }) => {
        note('waits')
        await new Promise((done) => request.signal.addEventListener('abort', done))
        note('aborted')
        return new Response()
      }`
    })
    const socket = connect(tree.port, '127.0.0.1')
    socket.write('GET /wait HTTP/1.1\r\nhost: x\r\n\r\n')
    await waitUntil(() => notes.includes('waits'))
    socket.destroy()
    await waitUntil(() => notes.includes('aborted'))
  })

  test('longer than a function takes are refused with 413', async () => {
    const tree = await serve({
      'functions/fn.config.json': JSON.stringify({ max_body_bytes: 1000 }),
      'functions/text.js': `export const onRequest = async ({ request }) => new Response(await request.text())`,
      'functions/list.js': `export const onRequest = [({ next }) => next(), async ({ request }) => new Response(await request.text())]`
    })
    for (const path of ['/text', '/list']) {
      expect((await tree.fetch(path, { method: 'POST', body: 'x'.repeat(1001) })).status).toBe(413)
    }
  })
})
