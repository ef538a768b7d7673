import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveTree } from './serve-tree.ts'
import type { ServedTree } from './serve-tree.ts'

/** What the middleware does is asked for in a header; what lies below never knows. */
const MIDDLEWARE = `
export async function onRequest({ request, next, data }) {
  const mode = request.headers.get('x-mode')
  data.user = 'anna'
  if (mode === 'refuse') return new Response('refused', { status: 403 })
  if (mode === 'throw') throw Object.assign(new Error('thrown before'), { statusCode: 418 })
  if (mode === 'catch') {
    try { return await next() } catch (error) { return Response.json({ caught: error.message }, { status: 409 }) }
  }
  if (mode === 'query') return next(new Request(request.url + '?name=berta', request))
  if (mode === 'head') {
    const headers = new Headers(request.headers)
    headers.set('x-name', 'carla')
    return next(new Request(request, { headers }))
  }
  if (mode === 'body') return next(new Request(request, { method: 'POST', body: '{"name":"dora"}' }))
  if (mode === 'read') {
    const { name } = await request.json()
    const response = await next()
    response.headers.set('x-read', name)
    return response
  }
  const response = await next()
  if (mode === 'throw-after') throw new Error('thrown after')
  if (mode === 'header') response.headers.set('x-mark', 'gate')
  if (mode === 'status') return new Response(response.body, { status: 202, headers: response.headers })
  if (mode === 'text') return new Response((await response.text()).toUpperCase(), response)
  if (mode === 'drop') return new Response('other')
  return response
}`

const CALL = `const { name = request.headers['x-name'] ?? request.body?.name ?? 'nobody' } = request.query`
const WEB = `
  const body = request.method === 'POST' ? await request.json() : {}
  const name = new URL(request.url).searchParams.get('name') ?? request.headers.get('x-name') ?? body.name ?? 'nobody'
  if (request.headers.get('x-mode') === 'catch') throw new Error('thrown below')
  return Response.json({ name }, { headers: { 'x-own': 'yes' } })`
const EVENT = `
  const body = event.body ? JSON.parse(event.body) : {}
  if (event.headers['x-mode'] === 'catch') throw new Error('thrown below')
  const name = event.query.name ?? event.headers['x-name'] ?? body.name ?? 'nobody'
  return { status: 200, headers: { 'content-type': 'application/json', 'x-own': 'yes' }, body: JSON.stringify({ name }) }`
const REPLY = `
  if (request.headers['x-mode'] === 'catch') throw new Error('thrown below')
  ${CALL}
  reply.header('x-own', 'yes')
  return { name }`
const PYTHON = `import json
def handler(event):
    if event["headers"].get("x-mode") == "catch":
        raise Exception("thrown below")
    body = json.loads(event["body"]) if event.get("body") else {}
    name = event["query"].get("name") or event["headers"].get("x-name") or body.get("name") or "nobody"
    return {"status": 200, "headers": {"x-own": "yes", "content-type": "application/json"}, "body": json.dumps({"name": name}, separators=(",", ":"))}
`

const files = {
  'functions/gate/_middleware.js': MIDDLEWARE,
  'functions/gate/context.js': `export const onRequest = async ({ request }) => {${WEB}}`,
  'functions/gate/list.js': `export const onRequest = [({ next }) => next(), async ({ request }) => {${WEB}}]`,
  'functions/gate/web.js': `export async function GET(request) {${WEB}}\nexport const POST = GET`,
  'functions/gate/event.js': `export const handler = async (event) => {${EVENT}}`,
  'functions/gate/post.event.js': `export const handler = async (event) => {${EVENT}}`,
  'functions/gate/reply.js': `export default async (request, reply) => {${REPLY}}`,
  'functions/gate/post.reply.js': `export default async (request, reply) => {${REPLY}}`,
  'functions/gate/python.py': PYTHON,
  'functions/gate/post.python.py': PYTHON,
  'functions/gate/+routes.js': `export default async (server) => {
    server.route({ method: ['GET', 'POST'], url: '/plugin', handler: async (request, reply) => {${REPLY}} })
  }`
}

const STYLES = ['context', 'list', 'web', 'event', 'reply', 'python', 'plugin']

describe.each([
  ['as hooks', files],
  ['in the handler', Object.fromEntries(Object.entries(files).filter(([file]) => !file.includes('+')))]
])('middleware %s', (_name, own) => {
  let tree: ServedTree

  beforeAll(async () => {
    tree = await serveTree(own)
  })
  afterAll(() => tree.stop())

  const styles = STYLES.filter((style) => style !== 'plugin' || own === files)

  function get(style: string, mode: string, init: RequestInit = {}): Promise<Response> {
    return tree.fetch(`/gate/${style}`, { ...init, headers: { 'x-mode': mode, ...init.headers } })
  }

  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"emil"}' }

  test.each(styles)('that only calls next() leaves the answer of a %s route as it is', async (style) => {
    const answer = await get(style, 'pass')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-own')).toBe('yes')
    expect(answer.headers.get('content-length')).toBe('17')
    expect(await answer.text()).toBe('{"name":"nobody"}')
  })

  test.each(styles)('answers in the place of a %s route', async (style) => {
    const answer = await get(style, 'refuse')
    expect(answer.status).toBe(403)
    expect(await answer.text()).toBe('refused')
    expect(answer.headers.get('x-own')).toBeNull()
  })

  test.each(styles)('that throws before next() keeps a %s route from running', async (style) => {
    const answer = await get(style, 'throw')
    expect(answer.status).toBe(418)
    expect(await answer.text()).not.toContain('nobody')
  })

  test.each(styles)(
    'that throws after next() lets nothing of the answer of a %s route out',
    async (style) => {
      const answer = await get(style, 'throw-after')
      expect(answer.status).toBe(500)
      expect(answer.headers.get('x-own')).toBeNull()
      expect(await answer.text()).not.toContain('nobody')
    }
  )

  test.each(styles)('catches what a %s route throws', async (style) => {
    const answer = await get(style, 'catch')
    expect(answer.status).toBe(409)
    expect((await answer.json()).caught).toContain('thrown below')
  })

  test.each(styles)('adds a header to the answer of a %s route', async (style) => {
    const answer = await get(style, 'header')
    expect([answer.headers.get('x-mark'), answer.headers.get('x-own')]).toEqual(['gate', 'yes'])
    expect(await answer.json()).toEqual({ name: 'nobody' })
  })

  test.each(styles)('gives the answer of a %s route another status', async (style) => {
    const answer = await get(style, 'status')
    expect([answer.status, answer.headers.get('x-own')]).toEqual([202, 'yes'])
    expect(await answer.json()).toEqual({ name: 'nobody' })
  })

  test.each(styles)('gives the answer of a %s route another body', async (style) => {
    const answer = await get(style, 'text')
    expect(await answer.text()).toBe('{"NAME":"NOBODY"}')
    expect(answer.headers.get('x-own')).toBe('yes')
  })

  test.each(styles)('sends another answer than the one of a %s route', async (style) => {
    const answer = await get(style, 'drop')
    expect([answer.status, answer.headers.get('x-own'), await answer.text()]).toEqual([200, null, 'other'])
  })

  test.each(styles)('changes the URL that a %s route sees', async (style) => {
    expect(await (await get(style, 'query')).json()).toEqual({ name: 'berta' })
  })

  test.each(styles)('changes the headers that a %s route sees', async (style) => {
    expect(await (await get(style, 'head')).json()).toEqual({ name: 'carla' })
  })

  test.each(styles)('changes the body that a %s route sees', async (style) => {
    expect(await (await get(style, 'body', post)).json()).toEqual({ name: 'dora' })
  })

  test.each(styles)('reads the body before a %s route does', async (style) => {
    const answer = await get(style, 'read', post)
    expect(answer.headers.get('x-read')).toBe('emil')
    expect(await answer.json()).toEqual({ name: 'emil' })
  })

  test.each(styles)('lets the body through to a %s route', async (style) => {
    expect(await (await get(style, 'pass', post)).json()).toEqual({ name: 'emil' })
  })

  test.each(styles)('of onRequest covers HEAD of a %s route', async (style) => {
    const refused = await get(style, 'refuse', { method: 'HEAD' })
    const passed = await get(style, 'header', { method: 'HEAD' })
    expect([refused.status, passed.status, passed.headers.get('x-mark')]).toEqual([403, 200, 'gate'])
  })
})
