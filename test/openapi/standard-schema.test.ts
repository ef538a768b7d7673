import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApp } from '../../src/app.ts'
import { listFaults, openDocument } from './open-document.ts'
import type { Described } from './open-document.ts'
import { createProject } from '../cli/run-treeway.ts'

const ZOD = JSON.stringify(import.meta.resolve('zod').slice('file://'.length))
const TYPEBOX = JSON.stringify(import.meta.resolve('typebox').slice('file://'.length))

const files = {
  'routes/POST-zod.js': `import { z } from ${ZOD}
    export const options = { schema: {
      querystring: z.object({ page: z.coerce.number().default(1) }),
      body: z.object({ name: z.string().trim().min(2), tags: z.array(z.string()).default([]) }),
      response: { 200: z.object({ name: z.string() }) }
    } }
    export default async (request) => ({ ...request.body, page: request.query.page })`,
  'functions/event/post.js': `import { z } from ${ZOD}
    export const options = { schema: { body: z.object({ n: z.coerce.number() }) } }
    export const handler = ({ body }) => ({ status: 200, headers: {}, body })`,
  'functions/users/[id].js': `import { z } from ${ZOD}
    export const options = { schema: { params: z.object({ id: z.coerce.number().int() }) } }
    export const handler = ({ params }) => ({ id: params.id })`,
  'routes/POST-box.js': `import Type from ${TYPEBOX}
    export const options = { schema: { body: Type.Object({ size: Type.Integer() }) } }
    export default async (request) => request.body`
}

let described: Described
beforeAll(async () => {
  described = await openDocument(files)
}, 60_000)
afterAll(async () => described.close())

async function post(url: string, payload: object): Promise<{ status: number; json: unknown }> {
  const answer = await described.app.inject({ method: 'POST', url, payload })
  return { status: answer.statusCode, json: answer.json() }
}

describe('a schema made with Zod', () => {
  test('checks the request, and the handler gets what it made of the values', async () => {
    expect(await post('/zod?page=3', { name: ' Ada ' })).toEqual({
      status: 200,
      json: { name: 'Ada', tags: [], page: 3 }
    })
    expect(await post('/event', { n: '4' })).toEqual({ status: 200, json: { n: 4 } })
    expect((await described.app.inject('/users/7')).json()).toEqual({ id: 7 })
  })

  test('refuses as any schema does', async () => {
    const { status, json } = await post('/zod', { name: 'A' })
    expect(status).toBe(400)
    expect(json).toMatchObject({
      statusCode: 400,
      code: 'FST_ERR_VALIDATION',
      error: 'Bad Request',
      message: expect.stringMatching(/^body\/name /)
    })
  })

  test('is in the document', async () => {
    expect(await listFaults(described.document)).toEqual([])
    expect(described.operation('post /zod')).toMatchObject({
      parameters: [{ name: 'page', in: 'query' }],
      requestBody: {
        content: {
          'application/json': { schema: { properties: { name: { type: 'string', minLength: 2 } } } }
        }
      },
      responses: {
        200: { content: { 'application/json': { schema: { properties: { name: { type: 'string' } } } } } }
      }
    })
    expect(described.operation('get /users/{id}').parameters).toMatchObject([{ schema: { type: 'integer' } }])
  })

  test('is left to a compiler that the tree sets itself', async () => {
    const project = createProject({
      'boot/compiler.js':
        'export default async (server) => { server.setValidatorCompiler(() => (value) => ({ value: { mine: value } })) }',
      'routes/POST-zod.js': files['routes/POST-zod.js']
        .replace(/response: .*/, '')
        .replace('...request.body', 'body: request.body')
    })
    const { app } = await openApp({ dir: project.dir }, {})
    const answer = await app.inject({ method: 'POST', url: '/zod', payload: { name: 'x' } })
    await app.close()
    project.remove()
    expect(answer.json()).toEqual({ body: { mine: { name: 'x' } } })
  })
})

test('a schema made with TypeBox is JSON Schema', async () => {
  expect(await post('/box', { size: 3 })).toEqual({ status: 200, json: { size: 3 } })
  expect((await post('/box', {})).status).toBe(400)
  expect(described.operation('post /box')).toMatchObject({
    requestBody: { content: { 'application/json': { schema: { required: ['size'] } } } }
  })
})
