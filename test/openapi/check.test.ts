import { describe, expect, test } from 'vitest'
import { createProject, runTreeway } from '../cli/run-treeway.ts'
import type { Finished, Tree } from '../cli/run-treeway.ts'

async function check(
  files: Tree,
  ...flags: string[]
): Promise<Finished & { problems: Record<string, string>[] }> {
  const project = createProject(files)
  const finished = await runTreeway(['check', project.dir, '--json', ...flags])
  project.remove()
  return { ...finished, problems: JSON.parse(finished.stdout).problems }
}

const toSorted = (problems: readonly Record<string, string>[]): unknown[] =>
  problems
    .map(({ code, file, message }) => [code, file, message])
    .sort((a, b) => String(a).localeCompare(String(b)))

const withSchema = (schema: unknown): string =>
  `export const options = { schema: ${JSON.stringify(schema)} }\nexport const handler = () => 1`

describe('treeway check', () => {
  test('fails on every schema that does not compile, and says which part of which file', async () => {
    const { code, problems } = await check({
      'functions/a/[id].js': withSchema({
        params: { type: 'object', properties: { id: { type: 'intger' } } }
      }),
      'functions/b.js': withSchema({ querystring: { $ref: 'nowhere#' } }),
      'functions/c.js': withSchema({
        response: { 200: { type: 'object', properties: { a: { $ref: 'nowhere#' } } } }
      }),
      'functions/d.py': 'def handler(event):\n    return 1\n',
      'functions/d/fn.config.json': '{}',
      'functions/e/handler.py': 'def handler(event):\n    return 1\n',
      'functions/e/fn.config.json': JSON.stringify({ options: { schema: { querystring: { type: 'text' } } } })
    })
    expect(code).toBe(1)
    const found = problems.map(({ code: name, file, message }) => [name, file, message?.split(' of ')[0]])
    expect(found.sort((a, b) => String(a[1]).localeCompare(String(b[1])))).toEqual([
      ['TREEWAY_SCHEMA_INVALID', 'functions/a/[id].js', 'The schema for params'],
      ['TREEWAY_SCHEMA_INVALID', 'functions/b.js', 'The schema for querystring'],
      ['TREEWAY_SCHEMA_INVALID', 'functions/c.js', 'The schema for answer 200'],
      ['TREEWAY_SCHEMA_INVALID', 'functions/e/handler.py', 'The schema for querystring']
    ])
  })

  test('fails on two routes with one operation id, but not on one route for two methods', async () => {
    const { code, problems } = await check({
      'functions/a.js': withSchema({ operationId: 'one' }),
      'functions/b.js': withSchema({ operationId: 'one' }),
      'functions/both/handler.js': withSchema({ operationId: 'both', body: { type: 'object' } }),
      'functions/both/fn.config.json': '{"invoke":{"methods":["GET","POST"]}}'
    })
    expect(code).toBe(1)
    expect(problems).toMatchObject([
      {
        code: 'TREEWAY_OPERATION_DUPLICATE',
        message: '"one" is the operation id of GET /a (functions/a.js) and of GET /b (functions/b.js).'
      }
    ])
  })

  test('fails on a schema that no value can meet, and says why', async () => {
    const { code, problems } = await check({
      'functions/a.js': withSchema({
        response: { 200: { type: 'object', required: ['id'], additionalProperties: false, properties: {} } }
      }),
      'functions/b/[[...rest]].js': withSchema({
        querystring: {
          type: 'object',
          required: ['n'],
          properties: { n: { type: 'integer', minimum: 5, maximum: 1 } }
        }
      }),
      'functions/c/handler.py': 'def handler(event):\n    return 1\n',
      'functions/c/fn.config.json': JSON.stringify({
        invoke: { methods: ['POST'] },
        options: { schema: { body: { $ref: 'size#' } } }
      }),
      'functions/+shared.js':
        'export default async (server) => { server.addSchema({ $id: "size", type: "string", enum: [1, 2] }) }'
    })
    expect(code).toBe(1)
    expect(toSorted(problems)).toEqual([
      [
        'TREEWAY_SCHEMA_IMPOSSIBLE',
        'functions/a.js',
        'No value can meet the schema for answer 200 of GET /a (functions/a.js): "id" is required, and additionalProperties does not allow it.'
      ],
      [
        'TREEWAY_SCHEMA_IMPOSSIBLE',
        'functions/b/[[...rest]].js',
        'No value can meet the schema for querystring of GET /b/*rest? (functions/b/[[...rest]].js): properties/n: minimum 5 is above maximum 1.'
      ],
      [
        'TREEWAY_SCHEMA_IMPOSSIBLE',
        'functions/c/handler.py',
        'No value can meet the schema for body of POST /c (functions/c/handler.py): no value of enum is of its type.'
      ]
    ])
  })

  test('fails on a static example that does not fit', async () => {
    const answer = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } }
    const { code, problems } = await check({
      'functions/a.js': withSchema({
        response: { 200: { ...answer, examples: [{ id: 1 }, { id: 'one' }] } }
      }),
      'functions/b.js': withSchema({
        response: {
          200: { content: { 'application/json': { schema: answer, examples: { none: { value: {} } } } } }
        }
      }),
      'functions/c.js': withSchema({
        querystring: { type: 'object', properties: { limit: { type: 'integer', maximum: 5, default: 10 } } }
      }),
      'functions/d/handler.lua': 'return function() return 1 end\n',
      'functions/d/fn.config.json': JSON.stringify({
        invoke: { methods: ['POST'], query: { n: 'many' }, body: '{"texts": "tea"}' },
        options: {
          schema: {
            querystring: { type: 'object', properties: { n: { type: 'integer' } } },
            body: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } }
          }
        }
      })
    })
    expect(code).toBe(1)
    expect(toSorted(problems)).toEqual([
      [
        'TREEWAY_EXAMPLE_INVALID',
        'functions/a.js',
        'The example {"id":"one"} does not fit the schema for answer 200 of GET /a (functions/a.js): id must be integer.'
      ],
      [
        'TREEWAY_EXAMPLE_INVALID',
        'functions/b.js',
        "The example {} does not fit the schema for answer 200 of GET /b (functions/b.js): must have required property 'id'."
      ],
      [
        'TREEWAY_EXAMPLE_INVALID',
        'functions/c.js',
        'The default 10 of /properties/limit does not fit the schema for querystring of GET /c (functions/c.js): must be <= 5.'
      ],
      [
        'TREEWAY_EXAMPLE_INVALID',
        'functions/d/handler.lua',
        "invoke.body of fn.config.json does not fit the schema for body of POST /d (functions/d/handler.lua): must have required property 'text'."
      ],
      [
        'TREEWAY_EXAMPLE_INVALID',
        'functions/d/handler.lua',
        'invoke.query of fn.config.json does not fit the schema for querystring of POST /d (functions/d/handler.lua): n must be integer.'
      ]
    ])
  })

  test('takes an example as the request would be: converted, completed, what is too much left out', async () => {
    const schema = {
      querystring: { type: 'object', properties: { n: { type: 'integer', examples: ['3'] } } },
      body: {
        type: 'object',
        required: ['size'],
        additionalProperties: false,
        properties: {
          size: { $ref: 'size#' },
          tags: { type: 'array', items: { type: 'string' }, default: [] }
        },
        examples: [{ size: '2', more: true }]
      },
      response: { '2xx': { type: 'string', nullable: true, examples: [null, 'a'] }, 204: { type: 'null' } }
    }
    const { code, problems } = await check({
      'functions/a/post.js': withSchema(schema),
      'functions/+shared.js':
        'export default async (server) => { server.addSchema({ $id: "size", type: "integer", minimum: 1 }) }'
    })
    expect([code, problems]).toEqual([0, []])
  })

  test('fails on a module that throws and on a plugin that fails, and with --no-load only reads', async () => {
    const files = {
      'functions/a.js': 'throw new Error("at once")\nexport const handler = () => 1',
      'routes/x/+plugin.js': 'export default async () => { throw new Error("no database") }',
      'routes/x/GET-y.js': 'export default () => 1'
    }
    const loaded = await check(files)
    expect([loaded.code, loaded.problems.map(({ code }) => code).sort()]).toEqual([
      1,
      ['TREEWAY_LOAD_FAILED', 'TREEWAY_PLUGIN_FAILED']
    ])
    expect(await check(files, '--no-load')).toMatchObject({ code: 0, problems: [] })
  })
})
