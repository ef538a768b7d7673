import { describe, expect, test } from 'vitest'
import { createApp, openApp } from '../../src/app.ts'
import type { ConfigInput } from '../../src/config/config.ts'
import { createProject, runTreeway } from '../cli/run-treeway.ts'
import type { Tree } from '../cli/run-treeway.ts'
import { listFaults } from './open-document.ts'

const hello = { 'functions/hello.js': '/** Greets. */\nexport const handler = () => "hi"' }
const DOCUMENT = '/_treeway/openapi.json'
const PAGE = '/_treeway/docs'

interface Asked {
  readonly url: string
  readonly remoteAddress?: string
  readonly headers?: Record<string, string>
}

interface Opening {
  readonly files?: Tree
  readonly config?: ConfigInput
  readonly mode?: 'dev' | 'start'
}

async function ask(asked: Asked | string, { files = hello, config = {}, mode = 'dev' }: Opening = {}) {
  const project = createProject(files)
  const { app } = await openApp({ dir: project.dir, problems: 'serve', config }, { openapi: mode })
  try {
    return await app.inject(typeof asked === 'string' ? { url: asked } : { ...asked })
  } finally {
    await app.close()
    project.remove()
  }
}

describe('in dev', () => {
  test('document and page are there for this machine', async () => {
    const document = await ask(DOCUMENT)
    expect(document.json().paths['/hello'].get.summary).toBe('Greets')
    const page = await ask(PAGE)
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.body).not.toMatch(/https?:/)
  })

  test.each([
    ['another machine', { remoteAddress: '10.1.2.3' }],
    ['another machine over IPv6', { remoteAddress: 'fe80::1' }],
    ['a website that gave its name our address', { headers: { host: 'evil.example:3000' } }],
    [
      'another machine that says it is this one',
      { remoteAddress: '10.1.2.3', headers: { 'x-forwarded-for': '127.0.0.1' } }
    ]
  ])('%s gets 403 for all of it', async (_who, from) => {
    for (const url of [DOCUMENT, PAGE, `${PAGE}/start.js`, `${PAGE}/swagger-ui-bundle.js`]) {
      const answer = await ask({ url, ...from }, { config: { fastify: { trustProxy: true } } })
      expect([answer.statusCode, answer.json().code]).toEqual([403, 'TREEWAY_LOCAL_ONLY'])
    }
  })

  test('everybody gets it where the option says so', async () => {
    const answer = await ask({ url: DOCUMENT, remoteAddress: '10.1.2.3' }, { config: { openapi: true } })
    expect(answer.statusCode).toBe(200)
  })
})

describe('in start', () => {
  test.each([
    [undefined, 404],
    ['dev', 404],
    [false, 404],
    [true, 200],
    [{ serve: 'dev' }, 404],
    [{ info: { title: 'T' } }, 200]
  ] as const)('openapi: %j answers %i', async (openapi, status) => {
    const config = openapi === undefined ? {} : { openapi }
    expect((await ask(DOCUMENT, { config, mode: 'start' })).statusCode).toBe(status)
  })
})

test('path and page can be moved, and the page switched off', async () => {
  const openapi = { path: '/api.json', docsPath: '/api' }
  expect((await ask('/api.json', { config: { openapi } })).statusCode).toBe(200)
  expect((await ask('/api/start.js', { config: { openapi } })).body).toContain('"/api.json"')
  expect((await ask(DOCUMENT, { config: { openapi } })).statusCode).toBe(404)
  expect((await ask(PAGE, { config: { openapi: { docsPath: false } } })).statusCode).toBe(404)
})

test('security, servers and tags come from the configuration', async () => {
  const openapi = {
    servers: [{ url: 'https://api.example.org' }],
    tags: [{ name: 'hello' }],
    securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' } },
    security: [{ key: [] }]
  }
  const document = (await ask(DOCUMENT, { config: { openapi } })).json()
  expect(document).toMatchObject({
    servers: openapi.servers,
    tags: openapi.tags,
    security: openapi.security,
    components: { securitySchemes: openapi.securitySchemes }
  })
  expect(await listFaults(document)).toEqual([])
})

test('the hooks of a boot file and the middleware of the root hold for it', async () => {
  const guard =
    'export default async (server) => { server.addHook("onRequest", async (_, reply) => reply.code(401).send("no")) }'
  expect((await ask(DOCUMENT, { files: { ...hello, 'boot/guard.js': guard } })).statusCode).toBe(401)
  const middleware = 'export const onRequest = () => new Response("no", { status: 401 })'
  expect(
    (await ask(DOCUMENT, { files: { ...hello, 'functions/_middleware.js': middleware } })).statusCode
  ).toBe(401)
})

test('_routes.json does not keep it away', async () => {
  const rules = JSON.stringify({ version: 1, include: ['/api/*'], exclude: [] })
  const files = { ...hello, 'public/_routes.json': rules, 'public/a.txt': 'a' }
  expect((await ask('/hello', { files })).statusCode).toBe(404)
  expect((await ask(DOCUMENT, { files })).statusCode).toBe(200)
})

test('a tree that registers @fastify/swagger itself has both', async () => {
  const swagger = `export default async (server) => { await server.register(require(${JSON.stringify(import.meta.resolve('@fastify/swagger').slice(7))}), { openapi: {} }) }`
  const answer = await ask(DOCUMENT, { files: { ...hello, 'boot/swagger.js': swagger } })
  expect(Object.keys(answer.json().paths)).toEqual(['/hello'])
})

test('createApp gives it to the code that holds the app', async () => {
  const project = createProject(hello)
  const app = await createApp({ dir: project.dir, config: { openapi: true } })
  expect((await app.treeway.openapi?.readDocument())?.paths['/hello']?.get?.summary).toBe('Greets')
  await app.close()
  project.remove()
})

test('`treeway routes --openapi` prints it, whatever the configuration says', async () => {
  const project = createProject({ ...hello, 'treeway.config.json': '{"openapi":false}' })
  const { code, stdout } = await runTreeway(['routes', project.dir, '--openapi'])
  project.remove()
  expect(code).toBe(0)
  const document = JSON.parse(stdout)
  expect(document.paths['/hello'].get.operationId).toBe('getHello')
  expect(await listFaults(document)).toEqual([])
})
