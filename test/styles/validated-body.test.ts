import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { createProject } from '../cli/run-treeway.ts'
import type { Project } from '../cli/run-treeway.ts'
import type { FastifyInstance } from 'fastify'

const schema = {
  body: {
    type: 'object',
    additionalProperties: false,
    properties: { stock: { type: 'integer' }, size: { type: 'string', default: 'M' } }
  }
}
const options = `export const options = { schema: ${JSON.stringify(schema)} }\n`

const files = {
  'functions/event/post.js': `${options}export const handler = ({ body }) => ({ status: 200, headers: {}, body })`,
  'functions/context.js': `${options}export const onRequestPost = async ({ request }) => new Response(await request.text())`,
  'functions/web.js': `${options}export const POST = async (request) => new Response(await request.text())`,
  'functions/python/handler.py':
    'def handler(event):\n    return {"status": 200, "headers": {}, "body": event["body"]}\n',
  'functions/python/fn.config.json': JSON.stringify({ invoke: { methods: ['POST'] }, options: { schema } })
}

let project: Project
let app: FastifyInstance

beforeAll(async () => {
  project = createProject(files)
  app = await createApp({ dir: project.dir })
}, 60_000)

afterAll(async () => {
  await app.close()
  project.remove()
})

async function send(url: string, payload: string): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  return (await app.inject({ method: 'POST', url, headers, payload })).body
}

describe.each(['/event', '/context', '/web', '/python'])('a body with a schema, at %s', (url) => {
  test('reaches the handler as validation left it', async () => {
    expect(JSON.parse(await send(url, '{"stock":null,"more":1}'))).toEqual({ stock: 0, size: 'M' })
  })

  test('reaches it byte for byte where validation changed nothing', async () => {
    const payload = '{ "size" : "L",\n "stock": 3 }'
    const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
    expect(hash(await send(url, payload))).toBe(hash(payload))
  })
})
