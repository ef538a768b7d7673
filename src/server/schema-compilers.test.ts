import Fastify from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { createSchemaCompilers } from './schema-compilers.ts'

let app = Fastify()
afterEach(() => app.close())

describe('the compilers of a served app', () => {
  it('find headers however the schema spells their names, as Fastify does', async () => {
    app = Fastify({ schemaController: createSchemaCompilers(() => undefined) })
    const headers = { type: 'object', properties: { 'X-Count': { type: 'integer' } }, required: ['X-Count'] }
    app.get('/', { schema: { headers } }, async (request) => ({ count: request.headers['x-count'] }))
    const answer = await app.inject({ url: '/', headers: { 'X-Count': '5' } })
    expect(answer.json()).toEqual({ count: 5 })
    expect((await app.inject('/')).statusCode).toBe(400)
  })

  it('take no text for a number that is none: Ajv makes Infinity of 1e999, and holds no maximum against it', async () => {
    app = Fastify({ schemaController: createSchemaCompilers(() => undefined) })
    app.addSchema({ $id: 'count', type: ['integer', 'null'], maximum: 9 })
    const properties = {
      size: { type: 'integer', maximum: 5 },
      default: { type: 'number' },
      count: { $ref: 'count#' },
      list: { type: 'array', items: { type: 'number' } }
    }
    const schema = { querystring: { type: 'object', properties }, body: { type: 'object', properties } }
    app.post('/', { schema }, async (request) => [request.query, request.body])
    const post = async (url: string, payload: object = {}) =>
      (await app.inject({ method: 'POST', url, payload })).json()
    for (const text of ['1e999', '-1e999', 'Infinity']) {
      for (const name of ['size', 'default', 'count', 'list']) {
        expect((await post(`/?${name}=${text}`)).statusCode).toBe(400)
        expect((await post('/', { [name]: text })).statusCode).toBe(400)
      }
    }
    expect((await post('/?size=1e999')).message).toBe('querystring/size must be a finite number')
    expect(await post('/?size=5&default=1.5&count=&list=1&list=2', { size: '2' })).toEqual([
      { size: 5, default: 1.5, count: null, list: [1, 2] },
      { size: 2 }
    ])
  })

  it('tell of a schema that does not compile, and the app gets ready', async () => {
    const faults: string[] = []
    app = Fastify({
      schemaController: createSchemaCompilers((fault, { url }) => faults.push(`${fault.code} ${url}`))
    })
    app.get(
      '/',
      { schema: { querystring: { type: 'object', properties: { a: { type: 'nothing' } } } } },
      async () => 'x'
    )
    await app.ready()
    expect(new Set(faults)).toEqual(new Set(['TREEWAY_SCHEMA_INVALID /']))
  })
})
