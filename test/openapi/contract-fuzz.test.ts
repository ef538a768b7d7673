import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { isPlainObject } from '../../src/config/value-type.ts'
import type { OpenapiDocument, Operation } from '../../src/openapi/document.ts'
import { createLanguageCheck } from '../conformance/missing-language.ts'
import { anyText, createValues } from './values-of-schema.ts'
import type { Resolve } from './values-of-schema.ts'

/** What each example is called with besides what its document says, and what is asked of it in CI. */
const EXAMPLES = [
  { name: 'shop', headers: {}, operations: 8 },
  { name: 'polyglot', headers: { 'x-desk-key': 'demo' }, operations: 6 }
] as const

const RUNS = Number(process.env['TREEWAY_FUZZ_RUNS'] ?? 25)

interface Sent {
  readonly url: string
  readonly body: unknown
}

const findMissing = createLanguageCheck()

/** Somebody who reads the document and nothing else, and who means no good. */
describe.each(EXAMPLES)('examples/$name', ({ name, headers, operations }) => {
  let app: FastifyInstance
  let document: OpenapiDocument

  beforeAll(async () => {
    const dir = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url))
    const isBare = process.env['CI'] === 'true'
    app = await createApp({ dir, problems: isBare ? 'refuse' : 'serve', config: { openapi: true } })
    const read = await app.treeway.openapi?.readDocument()
    if (!read) throw new Error('There is no document.')
    document = read
  }, 300_000)
  afterAll(async () => app.close())

  test('answers whatever is sent as its document says, and never with a fault', async () => {
    const all = listOperations(document)
    expect(all.length).toBeGreaterThanOrEqual(operations)
    for (const [method, path, operation] of all.filter((one) => !isMissing(one))) {
      const judge = createJudge(document, path, method)
      await fc.assert(
        fc.asyncProperty(createRequests(operation, path, toResolve(document)), async ({ url, body }) => {
          const answer = await app.inject({
            method: method.toUpperCase() as 'GET',
            url,
            headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
            ...(body === undefined ? {} : { payload: JSON.stringify(body) })
          })
          expect(judge(answer.statusCode, answer.headers['content-type'], answer.body)).toBe('')
        }),
        { numRuns: RUNS }
      )
    }
  }, 300_000)

  /** On a bare machine of CI all languages are installed. */
  function isMissing([method, path]: readonly [string, string, Operation]): boolean {
    const shape = path.replaceAll(/\{[^}]*\}/g, '{}')
    const files = app.treeway.table.routes
      .filter((route) => {
        const url = `/${route.pattern.map((segment) => (segment.kind === 'text' ? segment.text : '{}')).join('/')}`
        return url === shape && route.methods.some((one) => one === '*' || one === method.toUpperCase())
      })
      .map(({ file }) => [file, ''] as const)
    if (process.env['CI'] === 'true') return false
    return findMissing({ name: '', files: Object.fromEntries(files), expect: [] }) !== undefined
  }
})

function listOperations({ paths }: OpenapiDocument): (readonly [string, string, Operation])[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) =>
      operation ? [[method, path, operation] as const] : []
    )
  )
}

function toResolve(document: OpenapiDocument): Resolve {
  return (reference) =>
    reference
      .replace('#/', '')
      .split('/')
      .reduce<unknown>((value, key) => (isPlainObject(value) ? value[key] : undefined), document)
}

function createRequests(operation: Operation, path: string, resolve: Resolve): fc.Arbitrary<Sent> {
  const parameters = operation.parameters ?? []
  const toRecord = (place: string): fc.Arbitrary<Record<string, unknown>> => {
    const own = parameters.filter((parameter) => parameter.in === place)
    const members = own.map(({ name, schema }) => [name, createValues(schema, resolve)] as const)
    const required = own.filter((parameter) => parameter.required).map(({ name }) => name)
    return fc.record(Object.fromEntries(members), { requiredKeys: required })
  }
  const json = operation.requestBody?.content['application/json']
  const body = json
    ? fc.oneof({ arbitrary: createValues(json.schema, resolve), weight: 9 }, anyText)
    : fc.constant(undefined)
  return fc
    .record({ path: toRecord('path'), query: toRecord('query'), body })
    .map((parts) => ({ url: toUrl(path, parts.path, parts.query), body: parts.body }))
}

function toUrl(
  path: string,
  params: Readonly<Record<string, unknown>>,
  query: Readonly<Record<string, unknown>>
): string {
  const filled = path.replaceAll(/\{([^}]*)\}/g, (_text, name: string) =>
    encodeURIComponent(toText(params[name]) || 'x')
  )
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, toText(value)]))
  return search.size === 0 ? filled : `${filled}?${search}`
}

function toText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? '')
  // Half a pair of UTF-16 has no form in a URL.
  return text.replaceAll(/\p{Surrogate}/gu, '')
}

type Judge = (status: number, type: unknown, body: string) => string

/** '' where the answer is as the document says; else what is not. */
function createJudge(document: OpenapiDocument, path: string, method: string): Judge {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ ...document, $id: 'document' })
  const resolve = toResolve(document)
  const responses = document.paths[path]?.[method]?.responses ?? {}
  return function judge(status, type, body) {
    if (status >= 500) return `it failed: ${status} ${body}`
    const name = [String(status), `${Math.floor(status / 100)}XX`, 'default'].find((key) => key in responses)
    if (name === undefined) return `${status} is not in the document: ${body}`
    const given = responses[name]
    const response =
      isPlainObject(given) && typeof given['$ref'] === 'string' ? resolve(given['$ref']) : given
    const content = isPlainObject(response) && isPlainObject(response['content']) ? response['content'] : {}
    const media = content['application/json']
    if (!isPlainObject(media)) return ''
    if (!String(type).includes('json')) return `${status} should be JSON and is ${String(type)}`
    const validate = ajv.compile(withDocument(media['schema']))
    return validate(JSON.parse(body))
      ? ''
      : `${status} does not fit: ${ajv.errorsText(validate.errors)} in ${body}`
  }
}

/** References of the document's own parts, from a schema outside of it. */
function withDocument(schema: unknown): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"document#/'))
}
