import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listFaults, openDocument } from './open-document.ts'
import type { Described } from './open-document.ts'

const files = {
  'package.json': '{"name":"sample","version":"1.2.3","type":"module"}',
  // every style
  'functions/event.js':
    '/** Says hello. It is polite. */\nexport const handler = (event) => "hi " + event.query.name',
  'functions/context.js':
    '/** Reads. */\nexport const onRequestGet = () => new Response()\n/** Writes. */\nexport const onRequestPost = () => new Response()',
  'functions/web.js':
    'export function GET() { return new Response() }\nexport function DELETE() { return new Response() }',
  'functions/any.js': 'export const onRequest = () => new Response()',
  'routes/POST-reply.js':
    'export default async () => 1\nexport const options = { schema: { summary: "Replies", body: { type: "object", properties: { a: { type: "integer" } } }, response: { 201: { type: "string" } } } }',
  // every kind of segment
  'functions/users/get.[id].js':
    'export const options = { schema: { params: { type: "object", properties: { id: { type: "integer" } } }, querystring: { type: "object", required: ["q"], properties: { q: { type: "string" } } } } }\nexport const handler = () => 1',
  'functions/users/post.[name].js': 'export const handler = () => 1',
  'functions/files/[...path].js': 'export const handler = () => 1',
  'functions/docs/[[...slug]].js': 'export const handler = () => 1',
  'functions/img/v-[name].js': 'export const onRequestGet = () => new Response()',
  // every language
  'functions/py/hello.py': 'def handler(event):\n    """Greets from Python."""\n    return "hi"\n',
  'functions/ph/hello.php': '<?php\n/** Greets from PHP. */\nfunction handler($event) { return "hi"; }\n',
  'functions/lu/hello.lua': '--- Greets from Lua.\nreturn function(event) return "hi" end\n',
  'functions/go/hello.go':
    'package main\n\n// Greets from Go.\nfunc handler(event map[string]interface{}) interface{} { return "hi" }\n',
  'functions/rs/hello.rs':
    'use serde_json::{json, Value};\n\n/// Greets from Rust.\npub fn handler(_event: Value) -> Value { json!("hi") }\n',
  'functions/py/fn.config.json': JSON.stringify({
    invoke: { methods: ['GET', 'POST'], summary: 'Snake', query: { name: 'Ada' }, body: '{"a":1}' },
    options: { schema: { querystring: { type: 'object', properties: { name: { type: 'string' } } } } }
  }),
  // what is not in it
  'functions/_private.js': 'export const handler = () => 1',
  'functions/hidden.js': 'export const options = { schema: { hide: true } }\nexport const handler = () => 1',
  'functions/helper.js': 'export const add = (a, b) => a + b',
  // registered in code
  'routes/in-code/+plugin.js':
    'export default async function plugin(server) { server.get("/made/:id", { schema: { description: "Made in code" } }, async () => 1); server.setScopeCORS() }'
}

let described: Described
beforeAll(async () => {
  described = await openDocument(files)
}, 120_000)
afterAll(async () => described.close())

test('the document is valid', async () => {
  expect(described.document.openapi).toBe('3.1.0')
  expect(await listFaults(described.document)).toEqual([])
})

test('it has exactly the public routes, each with an id made of method and path', () => {
  const ids = Object.entries(described.document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => `${method} ${path} ${operation?.operationId}`)
  )
  expect(ids.sort()).toMatchInlineSnapshot(`
    [
      "delete /any deleteAny",
      "delete /web deleteWeb",
      "get /any getAny",
      "get /context getContext",
      "get /docs getDocs",
      "get /docs/{slug} getDocsBySlug",
      "get /event getEvent",
      "get /files/{path} getFilesByPath",
      "get /go/hello getGoHello",
      "get /img/v-{name} getImgVByName",
      "get /in-code/made/{id} getInCodeMadeById",
      "get /lu/hello getLuHello",
      "get /ph/hello getPhHello",
      "get /py/hello getPyHello",
      "get /rs/hello getRsHello",
      "get /users/{id} getUsersById",
      "get /web getWeb",
      "patch /any patchAny",
      "post /any postAny",
      "post /context postContext",
      "post /py/hello postPyHello",
      "post /reply postReply",
      "post /users/{id} postUsersByName",
      "put /any putAny",
    ]
  `)
})

test('name and version are those of the package', () => {
  expect(described.document.info).toEqual({ title: 'sample', version: '1.2.3' })
})

describe('an operation', () => {
  test('has the words of its handler, in every language', () => {
    expect(described.operation('get /event')).toMatchObject({
      summary: 'Says hello',
      description: 'It is polite.'
    })
    expect(described.operation('post /context').summary).toBe('Writes')
    const words = ['ph', 'lu', 'go', 'rs'].map(
      (folder) => described.operation(`get /${folder}/hello`).summary
    )
    expect(words).toEqual(['Greets from PHP', 'Greets from Lua', 'Greets from Go', 'Greets from Rust'])
  })

  test('has the summary and the examples of fn.config.json before those of the comment', () => {
    expect(described.operation('post /py/hello')).toMatchObject({
      summary: 'Snake',
      description: 'Greets from Python',
      parameters: [{ name: 'name', in: 'query', example: 'Ada' }],
      requestBody: { required: false, content: { 'application/json': { example: { a: 1 } } } }
    })
    expect(described.operation('get /py/hello').requestBody).toBeUndefined()
  })

  test('has its schemas', () => {
    expect(described.operation('post /reply')).toMatchObject({
      summary: 'Replies',
      requestBody: { required: true },
      responses: {
        201: { description: 'Created', content: { 'application/json': { schema: { type: 'string' } } } }
      }
    })
    expect(described.operation('get /users/{id}').parameters).toMatchObject([
      { name: 'q', in: 'query', required: true },
      { name: 'id', in: 'path', required: true, schema: { type: 'integer' } }
    ])
  })

  test('names a parameter as the path does, also where another file names it otherwise', () => {
    expect(described.operation('post /users/{id}').parameters).toMatchObject([{ name: 'id', in: 'path' }])
  })

  test('has a rest under its own name', () => {
    expect(described.operation('get /files/{path}').parameters).toMatchObject([{ name: 'path', in: 'path' }])
    expect(described.operation('get /docs').parameters).toBeUndefined()
  })

  test('is in the group of its folder, and answers errors in the one shape', () => {
    const { tags, responses } = described.operation('get /users/{id}')
    expect(tags).toEqual(['users'])
    expect(responses).toMatchObject({
      '2XX': { description: 'Success' },
      '4XX': { $ref: '#/components/responses/Error' },
      '5XX': { $ref: '#/components/responses/Error' }
    })
  })
})

test('an edited comment shows without a new app', async () => {
  described.project.write({ 'functions/event.js': '/** Says goodbye. */\nexport const handler = () => 1' })
  const answer = await described.app.inject('/_treeway/openapi.json')
  expect(answer.json().paths['/event'].get.summary).toBe('Says goodbye')
})

test('where an error handler of the tree answers, errors are what the schema says, and else nothing is promised', async () => {
  const own =
    'export default async (server) => { server.setErrorHandler((error, request, reply) => reply.code(418).send({ oops: error.message })) }'
  const faulty = 'export const handler = () => { throw new Error("x") }'
  const { operation, document, close } = await openDocument({
    'functions/plain.js': faulty,
    'functions/own/+errors.js': own,
    'functions/own/plain.js': faulty,
    'functions/own/said.js': `export const options = { schema: { response: { '4xx': { type: 'object', properties: { oops: { type: 'string' } } } } } }\n${faulty}`,
    'functions/one.js': `export const options = { errorHandler: (error, request, reply) => reply.send('x') }\n${faulty}`
  })
  await close()
  const standard = { $ref: '#/components/responses/Error' }
  expect(operation('get /plain').responses).toMatchObject({ '4XX': standard, '5XX': standard })
  const nothing = { '4XX': { description: 'Client error' }, '5XX': { description: 'Server error' } }
  expect(operation('get /own/plain').responses).toMatchObject(nothing)
  expect(operation('get /one').responses).toMatchObject(nothing)
  expect(operation('get /own/said').responses).toMatchObject({
    '4XX': { content: { 'application/json': { schema: { properties: { oops: { type: 'string' } } } } } },
    '5XX': { description: 'Server error' }
  })
  expect(await listFaults(document)).toEqual([])
})

test('a boot file with an error handler of its own makes the same true for all', async () => {
  const { operation, close } = await openDocument({
    'boot/errors.js':
      'export default async (server) => { server.setErrorHandler((error, request, reply) => reply.send("no")) }',
    'functions/a.js': 'export const handler = () => 1'
  })
  await close()
  expect(operation('get /a').responses['4XX']).toEqual({ description: 'Client error' })
})
