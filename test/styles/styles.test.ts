import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { serveTree, waitUntil } from '../pages/serve-tree.ts'
import type { ServedTree } from '../pages/serve-tree.ts'
import { situations } from './sources.ts'
import type { StyleSources } from './sources.ts'

const styles = ['reply', 'event', 'context', 'web'] as const

function listFiles(): Record<string, string> {
  const entries = Object.entries(situations).flatMap(([name, sources]: [string, StyleSources]) =>
    styles.map((style) => [`functions/${style}/${name}/[id].js`, sources[style]] as const)
  )
  const methods = '{ "invoke": { "methods": ["GET", "POST", "PUT", "DELETE"] } }'
  return { ...Object.fromEntries(entries), 'functions/fn.config.json': methods }
}

let tree: ServedTree
beforeAll(async () => {
  tree = await serveTree(listFiles())
})
afterAll(() => tree.stop())

describe.each(styles)('the %s style', (style) => {
  const ask = (path: string, init?: RequestInit): Promise<Response> => tree.fetch(`/${style}/${path}`, init)

  it('answers with text', async () => {
    const answer = await ask('text/1')
    expect([answer.status, await answer.text()]).toEqual([200, 'plain text'])
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; ?charset=utf-8$/i)
  })

  it('answers with JSON', async () => {
    const answer = await ask('json/1')
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(await answer.json()).toEqual({ a: [1, null, 'é'] })
  })

  it('answers with a status and headers of its own', async () => {
    const answer = await ask('created/1')
    expect([answer.status, answer.headers.get('x-made'), await answer.text()]).toEqual([201, 'yes', 'made'])
  })

  it('repeats a header', async () => {
    expect((await ask('cookies/1')).headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  it('answers with nothing', async () => {
    const answer = await ask('nothing/1')
    expect([answer.status, await answer.text(), answer.headers.get('content-type')]).toEqual([204, '', null])
  })

  it('answers with an empty body, not with one that says null', async () => {
    const answer = await ask('empty/1')
    expect([answer.status, await answer.text(), answer.headers.get('content-length')]).toEqual([200, '', '0'])
    expect(answer.headers.get('content-type') ?? '').not.toContain('json')
  })

  it('says that nothing has changed', async () => {
    const answer = await ask('unchanged/1')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([304, null])
  })

  it('redirects', async () => {
    const answer = await ask('redirect/1')
    expect([answer.status, answer.headers.get('location'), await answer.text()]).toEqual([
      303,
      '/elsewhere',
      ''
    ])
  })

  it.each([
    ['42', '42'],
    ['a%2Fb', 'a/b'],
    ['a+b', 'a+b'],
    ['caf%C3%A9', 'café'],
    ['100%25', '100%']
  ])('has a parameter decoded once: %s', async (sent, received) => {
    expect(await (await ask(`param/${sent}`)).text()).toBe(received)
  })

  it('has a query with what is repeated', async () => {
    expect(await (await ask('query/1?a=1&a=2%263')).text()).toBe('1+2&3')
  })

  it('has the headers and the method', async () => {
    const answer = await ask('header/1', { method: 'DELETE', headers: { 'X-Asked': 'yes' } })
    expect(await answer.text()).toBe('yes DELETE')
  })

  it.each([
    ['text/plain', 'héllo'],
    ['application/json', '{"a":1}']
  ])('has the body that came as %s', async (type, body) => {
    const answer = await ask('body/1', { method: 'POST', body, headers: { 'content-type': type } })
    expect(await answer.text()).toBe(body)
  })

  it('answers with bytes', async () => {
    expect(Buffer.from(await (await ask('bytes/1')).arrayBuffer())).toEqual(Buffer.from([0, 255, 1]))
  })

  it('answers piece by piece', async () => {
    const answer = await ask('stream/1')
    expect(answer.headers.get('content-length')).toBeNull()
    expect(await answer.text()).toBe('part 0;part 1;part 2;')
  })

  it.each(Object.keys(situations))('answers HEAD as GET, without a body: %s', async (name) => {
    const [get, head] = [await ask(`${name}/1`), await ask(`${name}/1`, { method: 'HEAD' })]
    expect(head.status).toBe(get.status)
    expect(await head.text()).toBe('')
    expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'))
  })
})

describe('the two Web styles', () => {
  const upload = `let size = 0; for await (const chunk of request.body) size += chunk.length; return new Response(String(size))`
  const files = {
    'functions/context.js': `export const onRequestPost = async ({ request }) => { ${upload} }\n`,
    'functions/web.js': `export const POST = async (request) => { ${upload} }\n`,
    'functions/slow.js': `export const onRequest = async ({ request }) => {
  request.signal.addEventListener('abort', () => { globalThis.__abortedSlow = true })
  await new Promise((resolve) => request.signal.addEventListener('abort', resolve))
  return new Response('late')
}\n`,
    'functions/instance.js': `export const onRequest = ({ request }) => Response.json([new Response() instanceof Response, request instanceof Request])\n`,
    'functions/remote.js': `export const onRequest = ({ env }) => fetch(new URL(process.env.TREEWAY_TEST_REMOTE))\n`
  }
  let web: ServedTree
  beforeAll(async () => {
    web = await serveTree(files)
  })
  afterAll(() => web.stop())

  it.each(['context', 'web'])('stream a body of 20 MB in: %s', async (name) => {
    const body = new Blob([new Uint8Array(20 * 1024 * 1024)])
    const answer = await web.fetch(`/${name}`, { method: 'POST', body })
    expect(await answer.text()).toBe(String(20 * 1024 * 1024))
  })

  it('tell a handler that its client has gone', async () => {
    const leaving = new AbortController()
    const asked = web.fetch('/slow', { signal: leaving.signal }).catch((error: Error) => error.name)
    setTimeout(() => leaving.abort(), 30)
    expect(await asked).toBe('AbortError')
    await waitUntil(() => Reflect.get(globalThis, '__abortedSlow') === true)
  })

  it('hand out a Response and a Request that are what they seem', async () => {
    expect(await (await web.fetch('/instance')).json()).toEqual([true, true])
  })

  it('pass on what fetch brought', async () => {
    const remote = createServer((_request, response) =>
      response.writeHead(418, { 'x-far': 'yes' }).end('from afar')
    )
    await new Promise<void>((resolve) => remote.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void remote.close())
    const address = remote.address()
    if (typeof address !== 'object' || !address) throw new Error('no address')
    process.env['TREEWAY_TEST_REMOTE'] = `http://127.0.0.1:${address.port}`
    onTestFinished(() => void delete process.env['TREEWAY_TEST_REMOTE'])
    const answer = await web.fetch('/remote')
    expect([answer.status, answer.headers.get('x-far'), await answer.text()]).toEqual([
      418,
      'yes',
      'from afar'
    ])
  })
})
