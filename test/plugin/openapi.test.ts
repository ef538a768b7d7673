import swagger from '@fastify/swagger'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'
import treeway from '../../src/plugin.ts'
import { createProject } from '../cli/run-treeway.ts'
import type { Project } from '../cli/run-treeway.ts'
import type { OpenapiDocument } from '../../src/openapi/document.ts'
import { listFaults } from '../openapi/open-document.ts'

const ZOD = JSON.stringify(import.meta.resolve('zod').slice('file://'.length))

const files = {
  'functions/users/[id].js': `
    export const options = { schema: {
      querystring: { type: 'object', properties: { page: { type: 'integer', default: 1 } } },
      response: { 200: { $ref: 'user#' } }
    } }
    /** Finds a user. Whoever is not there is 404. */
    export const handler = (event, { id }) => ({ id })`,
  'functions/users/+schemas.js':
    'export default async (server) => { server.addSchema({ $id: "user", type: "object", properties: { id: { type: "string" } } }) }',
  'functions/files/[...path].py': 'def handler(event, path):\n    """Reads a file."""\n    return path\n',
  'functions/orders/post.js': `import { z } from ${ZOD}
    export const options = { schema: { operationId: 'order', tags: ['sales'], body: z.object({ lines: z.array(z.string()) }) } }
    export const handler = ({ body }) => body`,
  'functions/both/handler.js': '/** Both. */\nexport const handler = () => 1',
  'functions/both/fn.config.json': '{"invoke":{"methods":["GET","POST"],"summary":"Two methods"}}',
  'functions/hidden.js': 'export const options = { schema: { hide: true } }\nexport const handler = () => 1',
  'functions/_private.js': 'export const handler = () => 1'
}

let app: FastifyInstance = Fastify()
let project: Project | undefined

afterEach(async () => {
  await app.close()
  project?.remove()
})

function createTree(tree: Readonly<Record<string, string>> = files): string {
  project = createProject(tree)
  return project.dir
}

function readHost(): OpenapiDocument {
  return Reflect.apply(Reflect.get(app, 'swagger'), app, [])
}

describe("in somebody else's app with @fastify/swagger", () => {
  async function openHost(config = {}): Promise<OpenapiDocument> {
    app = Fastify()
    await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Host', version: '1.0.0' } } })
    app.get('/own', { schema: { summary: 'Their own' } }, async () => 'own')
    await app.register(treeway, { dir: createTree(), prefix: '/api', problems: 'serve', config })
    await app.ready()
    return readHost()
  }

  test('the routes of the tree are in its document, by the names of their files, beside its own', async () => {
    const document = await openHost()
    expect(Object.keys(document.paths).sort()).toEqual([
      '/api/both',
      '/api/files/{path}',
      '/api/orders',
      '/api/users/{id}',
      '/own'
    ])
    expect(document.paths['/own']?.get?.summary).toBe('Their own')
    expect(Object.keys(document.paths['/api/files/{path}'] ?? {})).toEqual(['get'])
    expect(await listFaults(document)).toEqual([])
  })

  test('with the words, ids, groups and schemas that our own document has', async () => {
    const document = await openHost()
    const { paths } = document
    expect(paths['/api/users/{id}']?.get).toMatchObject({
      operationId: 'getApiUsersById',
      summary: 'Finds a user',
      description: 'Whoever is not there is 404.',
      tags: ['users'],
      parameters: [
        { name: 'page', in: 'query', schema: { type: 'integer', default: 1 } },
        { name: 'id', in: 'path', required: true }
      ],
      responses: { 200: { content: { 'application/json': { schema: { $ref: expect.any(String) } } } } }
    })
    expect(paths['/api/files/{path}']?.get).toMatchObject({
      summary: 'Reads a file',
      parameters: [{ name: 'path', in: 'path' }]
    })
    expect(paths['/api/orders']?.post).toMatchObject({
      operationId: 'order',
      tags: ['sales'],
      requestBody: {
        content: { 'application/json': { schema: { properties: { lines: { type: 'array' } } } } }
      }
    })
    expect(paths['/api/both']?.get).toMatchObject({ summary: 'Two methods', description: 'Both' })
    expect(paths['/api/both']?.get?.operationId).toBeUndefined()
  })

  test('a route keeps a transform of its own', async () => {
    app = Fastify()
    await app.register(swagger, { openapi: {} })
    const own =
      'export const options = { config: { swaggerTransform: ({ url }) => ({ url, schema: { summary: "mine" } }) } }\nexport const handler = () => 1'
    await app.register(treeway, { dir: createTree({ 'functions/a.js': own }) })
    await app.ready()
    expect(readHost().paths['/a']?.get?.summary).toBe('mine')
  })

  test('has nothing of ours that is served under the prefix', async () => {
    const document = await openHost({ openapi: true })
    expect(Object.keys(document.paths)).toHaveLength(5)
    expect(document.paths['/api/users/{id}']?.get?.summary).toBe('Finds a user')
    const own = (await app.inject('/api/_treeway/openapi.json')).json()
    expect(Object.keys(own.paths)).toHaveLength(4)
    expect(own.paths['/api/users/{id}'].get).toMatchObject({
      operationId: 'getApiUsersById',
      summary: 'Finds a user'
    })
    expect(await listFaults(own)).toEqual([])
  })
})

describe('with the option openapi', () => {
  test('document and page are served under the prefix, for each tree its own', async () => {
    const dir = createTree({ 'functions/a.js': '/** Says a. */\nexport const handler = () => "a"' })
    app = Fastify()
    app.get('/own', async () => 'own')
    app.register(treeway, { dir, prefix: '/v1', config: { openapi: true } })
    app.register(treeway, {
      dir,
      prefix: '/v2/:tenant',
      config: { openapi: { path: '/api.json', docsPath: '/docs' } }
    })
    await app.ready()
    expect((await app.inject('/v1/_treeway/openapi.json')).json().paths).toMatchObject({
      '/v1/a': { get: { summary: 'Says a' } }
    })
    const second = (await app.inject('/v2/acme/api.json')).json()
    expect(Object.keys(second.paths)).toEqual(['/v2/{tenant}/a'])
    expect(second.paths['/v2/{tenant}/a'].get.parameters).toMatchObject([{ name: 'tenant', in: 'path' }])
    const page = await app.inject('/v2/acme/docs')
    expect(page.body).toContain('"/v2/acme/docs/start.js"')
    expect((await app.inject('/v2/acme/docs/start.js')).body).toContain('"/v2/acme/api.json"')
    expect((await app.inject('/v2/acme/docs/swagger-ui.css')).statusCode).toBe(200)
    expect((await app.inject('/v2/a%22%3E%3Cb/docs')).body).not.toContain('"><b')
  })

  test.each([[{}], [{ openapi: 'dev' as const }], [{ openapi: false }]])('%j serves none', async (config) => {
    app = Fastify()
    await app.register(treeway, {
      dir: createTree({ 'functions/a.js': 'export const handler = () => 1' }),
      config
    })
    expect((await app.inject('/_treeway/openapi.json')).statusCode).toBe(404)
    expect((await app.inject('/_treeway/docs')).statusCode).toBe(404)
  })
})
