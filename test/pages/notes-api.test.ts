import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveDir, waitUntil } from './serve-tree.ts'

/** An API behind middleware: errors, origins, tokens. */
const DIR = fileURLToPath(new URL('trees/notes-api', import.meta.url))

let tree: Awaited<ReturnType<typeof serveDir>>
let upstream: Server
const log: string[] = []

beforeAll(async () => {
  upstream = createServer((request, response) => {
    if (request.url === '/moved') return response.writeHead(302, { location: '/elsewhere' }).end()
    response.writeHead(request.url === '/teapot' ? 418 : 200, { 'content-type': 'text/plain', 'x-up': 'yes' })
    request.setEncoding('utf8')
    let body = ''
    request.on('data', (text: string) => (body += text))
    const { 'x-user': user, cookie } = request.headers
    request.on('end', () => response.end([request.method, request.url, user, cookie, body].join(' ')))
  }).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const { port } = upstream.address() as AddressInfo
  tree = await serveDir(DIR, { problems: 'serve', config: { env: { UPSTREAM: `http://127.0.0.1:${port}` } } })
  ;(globalThis as { notesLog?: string[] }).notesLog = log
})

afterAll(async () => {
  await tree.stop()
  upstream.closeAllConnections()
  upstream.close()
})

async function signIn(name = 'ada'): Promise<string> {
  const answer = await tree.fetch('/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password: 'correct horse' })
  })
  return `Bearer ${((await answer.json()) as { token: string }).token}`
}

async function call(path: string, init: RequestInit = {}, authorization?: string): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.set('authorization', authorization ?? (await signIn()))
  return tree.fetch(path, { ...init, headers })
}

test('the tree has no problem', () => {
  expect(tree.app.treeway.problems).toEqual([])
})

describe('signing in', () => {
  test('takes JSON and forms, and sets two cookies', async () => {
    const form = await tree.fetch('/login', {
      method: 'POST',
      body: new URLSearchParams({ name: 'gr\u00e4fin', password: 'correct horse' })
    })
    expect(form.status).toBe(200)
    const [session, name] = form.headers.getSetCookie()
    expect(session).toMatch(/^session=[\w-]+\.[\w-]+; HttpOnly; Path=\/; SameSite=Lax$/)
    expect(name).toBe('name=gr%C3%A4fin; Path=/')
    const listed = await tree.fetch('/api/notes', { headers: { cookie: session?.split(';')[0] ?? '' } })
    expect(await listed.json()).toEqual([])
  })

  test('is refused with a wrong password, and does not take GET', async () => {
    const body = new URLSearchParams({ name: 'ada', password: 'no' })
    expect((await tree.fetch('/login', { method: 'POST', body })).status).toBe(401)
    const get = await tree.fetch('/login')
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
  })
})

describe('the guard', () => {
  test.each(['/api', '/api/notes', '/api/notes/1', '/api/nothing', '/api//notes', '/%61pi/notes'])(
    'stands before %s',
    async (path) => {
      const answer = await tree.fetch(path)
      expect([answer.status, await answer.json()]).toEqual([401, { error: 'not signed in' }])
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
  )

  test('does not take a token that somebody changed', async () => {
    const token = await signIn()
    expect((await call('/api/notes', {}, token.replace('.', 'x.'))).status).toBe(401)
    expect((await call('/api/notes', {}, 'Bearer')).status).toBe(401)
  })

  test('leaves what is not below it alone', async () => {
    expect(await (await tree.fetch('/')).text()).toContain('Notes')
    expect((await tree.fetch('/apiary')).status).toBe(404)
  })
})

describe('notes', () => {
  test('are made, found, changed and removed by their owner', async () => {
    const added = await call('/api/notes', { method: 'POST', body: '{"text":"buy tea"}' })
    expect(added.status).toBe(201)
    const path = added.headers.get('location') ?? ''
    const { id } = (await added.json()) as { id: string }
    expect(path).toBe(`/api/notes/${id}`)
    await waitUntil(() => log.includes(`ada added ${id}`))

    const found = await call(path)
    expect(await found.json()).toEqual({ id, user: 'ada', text: 'buy tea' })
    const tag = found.headers.get('etag') ?? ''
    expect((await call(path, { headers: { 'if-none-match': tag } })).status).toBe(304)
    const head = await call(path, { method: 'HEAD' })
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, tag, ''])

    expect((await call(path, {}, await signIn('eve'))).status).toBe(404)
    const changed = await call(path, { method: 'PUT', body: '{"text":"buy coffee"}' })
    expect(await changed.json()).toEqual({ id, user: 'ada', text: 'buy coffee' })
    expect(await (await call('/api/notes?q=coffee')).json()).toHaveLength(1)
    expect(await (await call('/api/notes?q=tea')).json()).toHaveLength(0)

    const removed = await call(path, { method: 'DELETE' })
    expect([removed.status, await removed.text()]).toEqual([204, ''])
    const gone = await call(path)
    expect([gone.status, await gone.json()]).toEqual([404, { error: `no note ${id}` }])
  })

  test('that are none are refused, with what was sent', async () => {
    const text = await call('/api/notes', { method: 'POST', body: 'no json' })
    expect([text.status, await text.json()]).toEqual([400, { error: 'not JSON', received: 'no json' }])
    const empty = await call('/api/notes', { method: 'POST', body: '{}' })
    expect([empty.status, await empty.json()]).toEqual([422, { error: 'a note has a text' }])
  })

  test('fall to the catch-all for a method and a path that no file takes', async () => {
    const patch = await call('/api/notes', { method: 'PATCH', body: '{}' })
    expect([patch.status, await patch.json()]).toEqual([404, { error: 'PATCH has nothing at /api/notes' }])
    expect(await (await call('/api')).json()).toEqual({ error: 'GET has nothing at /api/' })
    expect(await (await call('/api/a/b/')).json()).toEqual({ error: 'GET has nothing at /api/a/b' })
  })
})

test('files of a form arrive whole', async () => {
  const body = new FormData()
  body.set('title', 'two files')
  body.append('file', new File(['first file'], 'a.txt', { type: 'text/plain' }))
  body.append('file', new File([new Uint8Array(200_000).fill(120)], 'b.bin'))
  const answer = await call('/api/attachments', { method: 'POST', body })
  expect(await answer.json()).toEqual({
    by: 'ada',
    title: 'two files',
    files: [
      { name: 'a.txt', type: 'text/plain', size: 10, head: 'first' },
      { name: 'b.bin', type: 'application/octet-stream', size: 200_000, head: 'xxxxx' }
    ]
  })
})

describe('another server below the API', () => {
  test('gets method, query, body and who it is; its answer goes through with status and headers', async () => {
    const put = await call('/api/upstream/a/b?c=d', {
      method: 'PUT',
      body: 'sent',
      headers: { cookie: 'x=y' }
    })
    expect([put.status, put.headers.get('x-up'), await put.text()]).toEqual([
      200,
      'yes',
      'PUT /a/b?c=d ada  sent'
    ])
    expect((await call('/api/upstream/teapot')).status).toBe(418)
  })

  test('may send the client elsewhere', async () => {
    const moved = await call('/api/upstream/moved')
    expect([moved.status, moved.headers.get('location')]).toEqual([302, '/elsewhere'])
  })
})

describe('other origins', () => {
  const origin = 'https://app.example'

  test('ask first, before any guard, and get their headers on every answer', async () => {
    const asked = await tree.fetch('/api/notes', { method: 'OPTIONS', headers: { origin } })
    expect([asked.status, asked.headers.get('access-control-max-age')]).toEqual([204, '86400'])
    for (const path of ['/api/notes', '/nothing', '/']) {
      const answer = await tree.fetch(path, { headers: { origin } })
      expect([path, answer.headers.get('access-control-allow-origin')]).toEqual([path, origin])
      expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/)
    }
  })

  test('that are not named get none', async () => {
    const answer = await tree.fetch('/', { headers: { origin: 'https://evil.example' } })
    expect(answer.headers.get('access-control-allow-origin')).toBe(null)
  })
})

test('events are written while they are read', async () => {
  const answer = await tree.fetch('/events')
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  expect(await answer.text()).toBe('data: 1\n\ndata: 2\n\ndata: 3\n\n')
})
