import Fastify from 'fastify'
import type { InjectOptions } from 'fastify'
import { describe, expect, it } from 'vitest'
import type { Route } from '../routes/route.ts'
import { registerBodyMode } from './body-modes.ts'
import { createEvent, createEventParts } from './create-event.ts'
import type { HandlerEvent } from './create-event.ts'

const route: Route = {
  methods: ['POST'],
  pattern: [],
  file: 'functions/a.js',
  convention: 'fastfn',
  language: 'javascript',
  style: 'event',
  exportName: 'handler',
  folderDepth: 0,
  scope: '',
  functionOptions: { timeoutMs: 300 },
  env: { KEY: 'own' }
}

async function createEventOf(request: InjectOptions): Promise<HandlerEvent> {
  const app = Fastify()
  registerBodyMode(app, { mode: 'text', isValidated: false })
  const parts = createEventParts(route, { KEY: 'app', OTHER: 'app' })
  let event: HandlerEvent | undefined
  app.all('/items/:id', async (asked) => {
    event = createEvent(asked, parts)
    return ''
  })
  await app.inject(request)
  if (!event) throw new Error('no event was made')
  return event
}

describe('an event', () => {
  it('has the request in plain words', async () => {
    const url = '/items/caf%C3%A9%2Fx?a=1&a=2&b='
    const event = await createEventOf({ method: 'GET', url, headers: { 'User-Agent': 'test', 'X-A': '1' } })
    expect(event).toMatchObject({
      method: 'GET',
      path: '/items/café/x',
      raw_path: url,
      query: { a: ['1', '2'], b: '' },
      params: { id: 'café/x' },
      path_params: { id: 'café/x' },
      headers: { 'x-a': '1' },
      client: { ip: '127.0.0.1', ua: 'test' }
    })
    expect(event.ts).toBeGreaterThan(Date.now() - 60_000)
    expect(event.id).toBe(event.context['request_id'])
  })

  it('has the environment of its folder over that of the app', async () => {
    const { env, context } = await createEventOf({ url: '/items/1' })
    expect(env).toEqual({ KEY: 'own', OTHER: 'app' })
    expect(context).toMatchObject({ function_name: 'functions/a.js', runtime: 'node', timeout_ms: 300 })
  })

  it('has no body and no session where the request has none', async () => {
    const event = await createEventOf({ url: '/items/1' })
    expect(event).not.toHaveProperty('body')
    expect(event).not.toHaveProperty('session')
  })

  it.each([
    ['application/json', '{"a":1}'],
    ['text/plain', 'héllo'],
    ['application/x-www-form-urlencoded', 'a=1&b=2'],
    [undefined, 'no type']
  ])('has a body of %s as text', async (type, payload) => {
    const headers = type === undefined ? {} : { 'content-type': type }
    const { body, is_base64 } = await createEventOf({ method: 'POST', url: '/items/1', payload, headers })
    expect([body, is_base64]).toEqual([payload, undefined])
  })

  it('has bytes that are no text as base64', async () => {
    const payload = Buffer.from([0xff, 0x00, 0xfe])
    const headers = { 'content-type': 'application/octet-stream' }
    const { body, is_base64 } = await createEventOf({ method: 'POST', url: '/items/1', payload, headers })
    expect([body, is_base64]).toEqual(['/wD+', true])
  })

  it('has the session of its cookies', async () => {
    const cookie = 'theme=dark; sid=abc%20d; theme=light; q="x y"; bad=%zz; =none'
    const { session } = await createEventOf({ url: '/items/1', headers: { cookie } })
    expect(session).toEqual({
      id: 'abc d',
      raw: cookie,
      cookies: { theme: 'dark', sid: 'abc d', q: 'x y', bad: '%zz' }
    })
  })

  it('is not misled by a cookie called __proto__', async () => {
    const { session } = await createEventOf({
      url: '/items/1',
      headers: { cookie: '__proto__=x; constructor=y' }
    })
    expect(Object.keys(session?.cookies ?? {})).toEqual(['__proto__', 'constructor'])
  })
})
