import Joi from 'joi'
import { describe, expect, it } from 'vitest'
import { createFastify } from './create-fastify.ts'
import { expandShorthand } from './schema-shorthand.ts'

const text = { type: 'string' }

describe('a part of a schema', () => {
  it.each([
    { name: text },
    { type: text },
    { properties: text, items: text, required: { type: 'boolean' } },
    { content: text }
  ])('is bare properties: %j', (part) => {
    expect(expandShorthand(part)).toEqual({ type: 'object', properties: part })
  })

  it.each([
    {},
    { type: 'object', properties: { name: text } },
    { properties: { name: text } },
    { $ref: 'user#' },
    { anyOf: [text] },
    { not: text },
    { name: text, description: 'a text' },
    { patternProperties: { '^x': text } },
    [text],
    true,
    undefined
  ])('is whole already: %j', (part) => {
    expect(expandShorthand(part)).toBe(part)
  })

  it('of another library is left alone', () => {
    const schema = Joi.object({ name: Joi.string() })
    expect(expandShorthand(schema)).toBe(schema)
  })
})

describe('shorthand schemas', () => {
  it('check and coerce body, query, params and headers, and filter the response', async () => {
    const app = createFastify()
    const count = { count: { type: 'integer' } }
    const schema = {
      body: count,
      query: count,
      params: count,
      headers: count,
      response: { 200: { sum: { type: 'integer' } } }
    }
    app.post('/:count', { schema }, async (request) => {
      const parts = [request.body, request.query, request.params, request.headers] as { count: number }[]
      return { sum: parts.reduce((sum, part) => sum + part.count, 0), secret: true }
    })
    const send = (last: string) =>
      app.inject({ method: 'POST', url: '/1?count=2', headers: { count: '3' }, payload: { count: last } })
    expect((await send('4')).json()).toEqual({ sum: 10 })
    expect((await send('four')).statusCode).toBe(400)
  })

  it('do not change the object of the user, which several routes may share', async () => {
    const app = createFastify()
    const schema = Object.freeze({ querystring: Object.freeze({ n: { type: 'integer' } }) })
    for (const url of ['/a', '/b']) app.get(url, { schema: { ...schema } }, async (request) => request.query)
    expect((await app.inject('/a?n=1')).json()).toEqual({ n: 1 })
    expect((await app.inject('/b?n=x')).statusCode).toBe(400)
    expect(schema).toEqual({ querystring: { n: { type: 'integer' } } })
  })

  it('leave responses for several media types alone', async () => {
    const app = createFastify()
    const content = { 'application/json': { schema: { type: 'object', properties: { a: text } } } }
    app.get('/', { schema: { response: { 200: { content } } } }, async () => ({ a: '1', b: '2' }))
    expect((await app.inject('/')).json()).toEqual({ a: '1' })
  })
})

describe('schemaCompiler(schema)', () => {
  it('builds the validation of a route, of whatever library', async () => {
    const app = createFastify()
    app.post(
      '/',
      {
        schema: { body: Joi.object({ name: Joi.string().required() }) },
        schemaCompiler: (schema) => (data) => (schema as Joi.Schema).validate(data)
      },
      async (request) => request.body
    )
    expect((await app.inject({ method: 'POST', url: '/', payload: { name: 'a' } })).json()).toEqual({
      name: 'a'
    })
    expect((await app.inject({ method: 'POST', url: '/', payload: {} })).statusCode).toBe(400)
  })
})
