import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ClientError, createClient, unwrap } from '../../src/client.ts'
import { startTestServer } from '../../src/testing.ts'
import type { TestServer } from '../../src/testing.ts'
import { createProject } from '../cli/run-treeway.ts'
import type { Project } from '../cli/run-treeway.ts'

/** As `treeway types` would write them. */
interface Routes {
  'GET /echo/:id/*rest': {
    params: { id: string; rest: string }
    sent: { query: { q?: string | readonly string[]; n?: number }; body: undefined }
    answer: { path: string; query: object }
  }
  'POST /echo': { params: object; sent: { query: object; body: { a: number } }; answer: { a: number } }
  'GET /docs/*slug?': { params: { slug?: string }; sent: { query: object; body: undefined }; answer: string }
  'GET /fails': { params: object; sent: { query: object; body: undefined }; answer: string }
  'GET /ticks': { params: object; sent: { query: object; body: undefined }; answer: string }
  'GET /secret': { params: object; sent: { query: object; body: undefined }; answer: string }
}

const files = {
  'functions/echo/[id]/[...rest].js':
    'export const handler = ({ raw_path, query }) => ({ path: raw_path, query })',
  'functions/echo/post.js': 'export const handler = ({ body }) => JSON.parse(body)',
  'functions/docs/[[...slug]].js': 'export const handler = (event, { slug = "none" }) => slug',
  'functions/fails.js':
    'export const handler = () => { throw Object.assign(new Error("Gone away."), { statusCode: 410, code: "GONE_AWAY" }) }',
  'functions/secret.js':
    'export const GET = (request) => new Response("no", { status: request.headers.get("x-key") === "k" ? 200 : 401 })',
  'functions/ticks.py':
    'def handler(event):\n    def ticks():\n        for i in range(3):\n            yield f"tick {i}\\n"\n    return {"status": 200, "headers": {"content-type": "text/plain"}, "body": ticks()}\n'
}

let project: Project
let server: TestServer

beforeAll(async () => {
  project = createProject(files)
  server = await startTestServer({ dir: project.dir })
}, 60_000)

afterAll(async () => {
  await server.close()
  project.remove()
})

const open = (headers?: Record<string, string>) =>
  createClient<Routes>({ baseUrl: `${server.url}/`, ...(headers ? { headers } : {}) })

describe('a call', () => {
  test('fills path and query, each value encoded and a rest with its slashes', async () => {
    const result = await open().call('GET /echo/:id/*rest', {
      params: { id: 'a/b ü', rest: 'x/y z' },
      query: { q: ['1', '2'], n: 3 }
    })
    expect(result).toMatchObject({
      ok: true,
      status: 200,
      data: { path: '/echo/a%2Fb%20%C3%BC/x/y%20z?q=1&q=2&n=3', query: { q: ['1', '2'], n: '3' } }
    })
  })

  test('may leave an optional rest out', async () => {
    expect(await unwrap(open().call('GET /docs/*slug?'))).toBe('none')
    expect(await unwrap(open().call('GET /docs/*slug?', { params: { slug: 'a/b' } }))).toBe('a/b')
  })

  test('sends JSON and gets it', async () => {
    expect(await unwrap(open().call('POST /echo', { body: { a: 1 } }))).toEqual({ a: 1 })
  })

  test('sends its own headers and those of the client', async () => {
    expect(await open({ 'x-key': 'k' }).call('GET /secret')).toMatchObject({ ok: true, data: 'no' })
    expect(await open().call('GET /secret', { headers: { 'x-key': 'k' } })).toMatchObject({ ok: true })
  })
})

describe('an error', () => {
  test('is a result, in the one shape', async () => {
    const result = await open().call('GET /fails')
    expect(result).toMatchObject({
      ok: false,
      status: 410,
      error: { statusCode: 410, code: 'GONE_AWAY', error: 'Gone', message: 'Gone away.' }
    })
  })

  test('that a handler answered in its own words is in the shape too', async () => {
    const result = await open().call('GET /secret')
    expect(result).toMatchObject({
      ok: false,
      error: { statusCode: 401, error: 'Unauthorized', message: 'no' }
    })
  })

  test('is thrown by unwrap', async () => {
    const error = await unwrap(open().call('GET /fails')).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ClientError)
    expect(error).toMatchObject({ statusCode: 410, code: 'GONE_AWAY', message: 'Gone away.' })
  })

  test('of the network rejects, as fetch does', async () => {
    const client = createClient<Routes>({ baseUrl: 'http://127.0.0.1:1' })
    await expect(client.call('GET /fails')).rejects.toThrow()
  })
})

describe('a stream', () => {
  test('comes piece by piece, of a handler in Python', async () => {
    const result = await open().stream('GET /ticks')
    const pieces: string[] = []
    if (result.ok) for await (const piece of result.data) pieces.push(piece)
    expect(pieces.join('')).toBe('tick 0\ntick 1\ntick 2\n')
  })

  test('that fails is a result as well', async () => {
    expect(await open().stream('GET /fails')).toMatchObject({ ok: false, error: { code: 'GONE_AWAY' } })
  })

  test('takes any fetch', async () => {
    const client = createClient<Routes>({
      baseUrl: 'http://nowhere.example/api',
      fetch: async (request) => new Response(request.url, { status: 200 })
    })
    expect(await unwrap(client.call('GET /docs/*slug?'))).toBe('http://nowhere.example/api/docs')
  })
})
