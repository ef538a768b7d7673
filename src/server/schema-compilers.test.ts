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
