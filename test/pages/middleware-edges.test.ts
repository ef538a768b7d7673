import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { serveTree, waitUntil } from './serve-tree.ts'
import type { ServedTree } from './serve-tree.ts'

const trees: ServedTree[] = []

async function serve(files: Readonly<Record<string, string | Buffer>>, options = {}): Promise<ServedTree> {
  const tree = await serveTree(files, options)
  trees.push(tree)
  return tree
}

afterEach(async () => {
  await Promise.all(trees.splice(0).map((tree) => tree.stop()))
})

/** What handlers noted: they run in the same process, in modules of their own. */
function takeNotes(): string[] {
  const global = globalThis as { treewayNotes?: string[] }
  global.treewayNotes = []
  return global.treewayNotes
}

const NOTE = `const note = (text) => globalThis.treewayNotes.push(text)\n`

/** In every form that the answer of a route can have, and around each of them the same middleware. */
const PLUGIN = {
  'functions/+plugin.js': `export default async (server) => { server.addHook('onRequest', async () => {}) }`
}

describe('a handler that leaves Fastify', () => {
  test('by hijack gets its answer out, and the middleware goes on when the connection is over', async () => {
    const notes = takeNotes()
    const tree = await serve({
      'functions/_middleware.js': `${NOTE}export const onRequest = async ({ next }) => {
        try { return await next() } catch (error) { note(error.name); return new Response('late') } finally { note('over') }
      }`,
      'functions/raw.js': `export default (request, reply) => {
        reply.hijack()
        reply.raw.end('by hand')
      }`
    })
    expect(await (await tree.fetch('/raw', { headers: { connection: 'close' } })).text()).toBe('by hand')
    await waitUntil(() => notes.length === 2)
    expect(notes).toEqual(['AbortError', 'over'])
  })

  test('for a websocket is guarded, and reached when the middleware lets it', async () => {
    const tree = await serve({
      'functions/_middleware.js': `export const onRequest = ({ request, next }) =>
        new URL(request.url).searchParams.has('key') ? next() : new Response('no key', { status: 401 })`,
      'boot/socket.js': `import { createRequire } from 'node:module'
        const require = createRequire(${JSON.stringify(import.meta.url)})
        export default async (server) => { await server.register(require('@fastify/websocket')) }`,
      'functions/+socket.js': `export default async (server) => {
        server.get('/socket', { websocket: true }, (socket) => { socket.on('message', (text) => socket.send('echo ' + text)) })
      }`
    })
    // @fastify/websocket leaves the socket of a refused upgrade open, with or without middleware.
    const sockets: Socket[] = []
    tree.app.server.on('connection', (socket) => sockets.push(socket))
    const refused = new WebSocket(`ws://127.0.0.1:${tree.port}/socket`)
    const [outgoing, response] = await once(refused, 'unexpected-response')
    expect(response.statusCode).toBe(401)
    outgoing.destroy()
    for (const socket of sockets) socket.destroy()
    const socket = new WebSocket(`ws://127.0.0.1:${tree.port}/socket?key=1`)
    await once(socket, 'open')
    socket.send('hello')
    const [message] = await once(socket, 'message')
    expect(String(message)).toBe('echo hello')
    socket.close()
    await once(socket, 'close')
  })
})

describe.each([
  ['as hooks', PLUGIN],
  ['in the handler', {}]
])('next() %s', (_name, extra) => {
  const hello = {
    'functions/hello.js': `${NOTE}export const onRequest = () => { note('hello'); return new Response('hello') }`
  }

  test('is not needed: a middleware that answers later is waited for', async () => {
    const notes = takeNotes()
    const tree = await serve({
      ...extra,
      ...hello,
      'functions/_middleware.js': `export const onRequest = () => new Promise((done) => setImmediate(() => done(new Response('later'))))`
    })
    expect(await (await tree.fetch('/hello')).text()).toBe('later')
    expect(notes).toEqual([])
  })

  test('may be called without waiting for it', async () => {
    const notes = takeNotes()
    const tree = await serve({
      ...extra,
      ...hello,
      'functions/_middleware.js': `export const onRequest = ({ next }) => { next(); return new Response('mine') }`
    })
    expect(await (await tree.fetch('/hello')).text()).toBe('mine')
    expect(notes).toEqual(['hello'])
  })

  test('after the answer never hangs', async () => {
    const notes = takeNotes()
    const tree = await serve({
      ...extra,
      ...hello,
      'functions/_middleware.js': `${NOTE}export const onRequest = ({ next, waitUntil }) => {
        const late = new Promise((done) => setTimeout(done, 20)).then(() => next())
        waitUntil(late.then(() => note('came'), () => note('refused')))
        return new Response('early')
      }`
    })
    expect(await (await tree.fetch('/hello')).text()).toBe('early')
    await tree.stop()
    expect(notes.some((note) => note === 'came' || note === 'refused')).toBe(true)
  })

  test('called twice goes on to the static files', async () => {
    takeNotes()
    const tree = await serve({
      ...extra,
      ...hello,
      'public/hello': 'a file',
      'functions/_middleware.js': `export const onRequest = async ({ next }) => {
        const first = await next()
        const second = await next()
        return new Response(await first.text() + ', ' + await second.text())
      }`
    })
    expect(await (await tree.fetch('/hello')).text()).toBe('hello, a file')
  })

  test('keeps what an AsyncLocalStorage holds', async () => {
    const tree = await serve({
      ...extra,
      'shared/store.js': `import { AsyncLocalStorage } from 'node:async_hooks'\nexport const store = new AsyncLocalStorage()`,
      'functions/_middleware.js': `import { store } from '../shared/store.js'
        export const onRequest = ({ next }) => store.run('anna', () => next())`,
      'functions/context.js': `import { store } from '../shared/store.js'\nexport const onRequest = async () => { await null; return new Response(store.getStore()) }`,
      'functions/reply.js': `import { store } from '../shared/store.js'\nexport default async () => { await null; return store.getStore() }`
    })
    expect(await (await tree.fetch('/context')).text()).toBe('anna')
    expect(await (await tree.fetch('/reply')).text()).toBe('anna')
  })

  test('lets a thrown value that is no Error through as a 500', async () => {
    const tree = await serve({
      ...extra,
      'functions/_middleware.js': `export const onRequest = ({ next }) => next()`,
      'functions/before/_middleware.js': `export const onRequest = () => { throw 'a text' }`,
      'functions/before/hello.js': `export const onRequest = () => new Response('hello')`,
      'functions/after/_middleware.js': `export const onRequest = async ({ next }) => { await next(); throw null }`,
      'functions/after/hello.js': `export const onRequest = () => new Response('hello')`,
      'functions/below.js': `export const onRequest = () => { throw undefined }`
    })
    for (const path of ['/before/hello', '/after/hello', '/below']) {
      const answer = await tree.fetch(path)
      expect([path, answer.status]).toEqual([path, 500])
      expect(await answer.text()).not.toBe('hello')
    }
  })
})

describe.each([
  ['as hooks', PLUGIN],
  ['in the handler', {}]
])('long bodies %s', (_name, extra) => {
  const PASS = `export const onRequest = [({ next }) => next(), async ({ next }) => {
    const response = await next()
    response.headers.set('x-mark', 'gate')
    return response
  }]`

  test('go down as they come: nothing waits for the end', async () => {
    const notes = takeNotes()
    const tree = await serve({
      ...extra,
      'functions/_middleware.js': PASS,
      'functions/up.js': `${NOTE}export const onRequestPost = async ({ request }) => {
        let size = 0
        for await (const chunk of request.body) { size += chunk.length; note('chunk') }
        return new Response(String(size))
      }`
    })
    const outgoing = httpRequest({ port: tree.port, path: '/up', method: 'POST', agent: false })
    outgoing.write('a'.repeat(1000))
    await waitUntil(() => notes.length === 1)
    outgoing.end('b'.repeat(1000))
    const [answer] = await once(outgoing, 'response')
    expect(await new Response(Readable.toWeb(answer) as ReadableStream).text()).toBe('2000')
  })

  test('of 96 MB are never held in memory', async () => {
    const tree = await serve({
      ...extra,
      'functions/_middleware.js': PASS,
      'functions/up.js': `export const onRequestPost = async ({ request }) => {
        let size = 0, most = 0
        for await (const chunk of request.body) { size += chunk.length; most = Math.max(most, process.memoryUsage().arrayBuffers) }
        return Response.json({ size, most })
      }`,
      'functions/copy.js': `export const onRequestPost = async ({ request, next }) => {
        const again = new Request(request, { headers: { 'x-new': 'yes' } })
        let size = 0
        for await (const chunk of again.body) size += chunk.length
        return Response.json({ size })
      }`
    })
    const chunk = Buffer.alloc(65_536, 'x')
    const before = process.memoryUsage().arrayBuffers
    const send = (path: string): Promise<Response> =>
      tree.fetch(path, {
        method: 'POST',
        body: Readable.toWeb(Readable.from(Array.from({ length: 1536 }, () => chunk))) as never,
        duplex: 'half'
      } as RequestInit)
    const { size, most } = await (await send('/up')).json()
    expect(size).toBe(96 * 1024 * 1024)
    expect(most - before).toBeLessThan(64 * 1024 * 1024)
    expect((await (await send('/copy')).json()).size).toBe(96 * 1024 * 1024)
  })

  test('come up as they are made, and stop when the client goes', async () => {
    const notes = takeNotes()
    const tree = await serve({
      ...extra,
      'functions/_middleware.js': PASS,
      'functions/web.js': `${NOTE}export const onRequest = () => new Response(new ReadableStream({
        async pull(controller) { controller.enqueue(new TextEncoder().encode('x'.repeat(1000))); await new Promise((done) => setTimeout(done, 1)) },
        cancel() { note('cancelled') }
      }))`,
      'functions/node.js': `import { Readable } from 'node:stream'
        ${NOTE}export default (request, reply) => reply.send(new Readable({
          read() { setTimeout(() => this.push('x'.repeat(1000)), 1) },
          destroy(error, done) { note('destroyed'); done() }
        }))`
    })
    for (const path of ['/web', '/node']) {
      const outgoing = httpRequest({ port: tree.port, path, agent: false }).end()
      const [answer] = await once(outgoing, 'response')
      expect(answer.headers['x-mark']).toBe('gate')
      await once(answer, 'data')
      answer.destroy()
    }
    await waitUntil(() => notes.length === 2)
    expect(notes.sort()).toEqual(['cancelled', 'destroyed'])
  })

  test('that a middleware throws away are stopped', async () => {
    const notes = takeNotes()
    const tree = await serve({
      ...extra,
      'functions/_middleware.js': `export const onRequest = async ({ next }) => { await next(); return new Response('short') }`,
      'functions/node.js': `import { Readable } from 'node:stream'
        ${NOTE}export default (request, reply) => reply.send(new Readable({
          read() { this.push('x'.repeat(1000)) },
          destroy(error, done) { note('destroyed'); done() }
        }))`
    })
    expect(await (await tree.fetch('/node')).text()).toBe('short')
    await waitUntil(() => notes.includes('destroyed'))
  })

  test('are changed on their way by a middleware', async () => {
    const tree = await serve({
      ...extra,
      'functions/_middleware.js': `export const onRequest = async ({ next }) => {
        const response = await next()
        const upper = new TransformStream({ transform(chunk, controller) {
          controller.enqueue(new TextEncoder().encode(new TextDecoder().decode(chunk).toUpperCase()))
        } })
        return new Response(response.body.pipeThrough(upper), response)
      }`,
      'functions/context.js': `export const onRequest = () => new Response('hello')`,
      'functions/node.js': `import { Readable } from 'node:stream'\nexport default (request, reply) => reply.send(Readable.from(['hel', 'lo']))`,
      'functions/response.js': `export default (request, reply) => reply.send(new Response('hello', { status: 201, headers: { 'x-own': 'yes' } }))`,
      'functions/json.js': `export default async () => ({ hello: 1 })`,
      'public/file.txt': 'hello'
    })
    for (const path of ['/context', '/node', '/response', '/file.txt']) {
      expect([path, await (await tree.fetch(path)).text()]).toEqual([path, 'HELLO'])
    }
    expect(await (await tree.fetch('/json')).text()).toBe('{"HELLO":1}')
    const response = await tree.fetch('/response')
    expect([response.status, response.headers.get('x-own')]).toEqual([201, 'yes'])
  })
})

describe('clients', () => {
  test('that go away abort the signal of a waiting middleware', async () => {
    const notes = takeNotes()
    const tree = await serve({
      'functions/_middleware.js': `${NOTE}export const onRequest = async ({ request, next }) => {
        note('waits')
        await new Promise((done) => request.signal.addEventListener('abort', done))
        note('aborted')
        return next()
      }`,
      'functions/hello.js': `export const onRequest = () => new Response('hello')`,
      'functions/reply.js': `export default () => 'hello'`
    })
    for (const path of ['/hello', '/reply']) {
      notes.length = 0
      const socket = connect(tree.port, '127.0.0.1')
      socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`)
      await waitUntil(() => notes.includes('waits'))
      socket.destroy()
      await waitUntil(() => notes.includes('aborted'))
    }
  })

  test('that go away while they send make reading the body fail, in the middleware and below', async () => {
    const notes = takeNotes()
    const tree = await serve({
      'functions/_middleware.js': `${NOTE}export const onRequest = async ({ request, next }) => {
        note('waits')
        if (request.headers.has('x-read')) await request.text().catch((error) => note('middleware ' + error.name))
        return next()
      }`,
      'functions/hello.js': `${NOTE}export const onRequest = async ({ request }) => {
        await request.text().catch((error) => note('handler ' + error.name))
        return new Response('hello')
      }`
    })
    for (const header of ['x-none', 'x-read']) {
      notes.length = 0
      const socket = connect(tree.port, '127.0.0.1')
      socket.write(`POST /hello HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n${header}: 1\r\n\r\nhalf`)
      await waitUntil(() => notes.includes('waits'))
      socket.destroy()
      await waitUntil(() => notes.some((note) => note.startsWith('handler')))
    }
    expect(notes.some((note) => note.startsWith('middleware'))).toBe(true)
  })

  test('that ask first with Expect: 100-continue, and that send in chunks, are served', async () => {
    const tree = await serve({
      'functions/_middleware.js': `export const onRequest = async ({ request, next }) => {
        const size = (await request.clone().text()).length
        const response = await next()
        response.headers.set('x-size', String(size))
        return response
      }`,
      'functions/hello.js': `export const onRequest = async ({ request }) => new Response(await request.text())`,
      'functions/post.reply.js': `export default async (request) => request.body`
    })
    for (const path of ['/hello', '/reply']) {
      const expecting = httpRequest({
        port: tree.port,
        path,
        method: 'POST',
        agent: false,
        headers: { expect: '100-continue', 'content-type': 'text/plain' }
      })
      expecting.flushHeaders()
      await once(expecting, 'continue')
      expecting.write('first, ')
      expecting.end('second')
      const [answer] = await once(expecting, 'response')
      expect(answer.headers['x-size']).toBe('13')
      expect(await new Response(Readable.toWeb(answer) as ReadableStream).text()).toBe('first, second')
    }
  })
})
