import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { registerBodyMode } from './body-modes.ts'
import { createLightRequest } from './light-request.ts'

const schema = {
  body: { type: 'object', properties: { stock: { type: 'integer' }, size: { type: 'string', default: 'M' } } }
}

type Read = (request: Request) => Promise<unknown>

/** What `read` gets from a validated `{"stock":"3"}`, or the error's name. */
async function ask(read: Read): Promise<unknown> {
  const app = Fastify()
  registerBodyMode(app, { mode: 'stream', isValidated: true })
  app.post('/', { schema }, async (request, reply) => {
    const light = createLightRequest(request, reply, 1000)
    const answer = await read(light).catch((error: Error) => error.name)
    return JSON.stringify(answer)
  })
  const answer = await app.inject({
    method: 'POST',
    url: '/',
    payload: '{"stock":"3"}',
    headers: { 'content-type': 'application/json' }
  })
  await app.close()
  return answer.json()
}

const left = { stock: 3, size: 'M' }

test.each<[string, Read]>([
  ['json', (request) => request.json()],
  ['text', async (request) => JSON.parse(await request.text())],
  ['arrayBuffer', async (request) => JSON.parse(Buffer.from(await request.arrayBuffer()).toString())],
  ['body', async (request) => new Response(request.body).json()],
  ['json of a clone', (request) => request.clone().json()],
  ['json after its clone was read', async (request) => (await request.clone().text(), request.json())],
  [
    'json after body was only looked at',
    async (request) => (expect(request.body).not.toBeNull(), request.json())
  ]
])('%s gives the body as the schema left it', async (_name, read) => {
  expect(await ask(read)).toEqual(left)
})

test.each<[string, Read]>([
  ['json', (request) => request.json()],
  ['text', (request) => request.text()],
  ['arrayBuffer', (request) => request.arrayBuffer()],
  ['formData', (request) => request.formData()],
  ['blob', (request) => request.blob()]
])('%s after json is a TypeError, as for any request', async (_name, read) => {
  expect(await ask(async (request) => (await request.json(), read(request)))).toBe('TypeError')
})

test('a body that json gave is used', async () => {
  expect(await ask(async (request) => [request.bodyUsed, await request.json(), request.bodyUsed])).toEqual([
    false,
    left,
    true
  ])
})

test('json after text is a TypeError', async () => {
  expect(await ask(async (request) => (await request.text(), request.json()))).toBe('TypeError')
})
