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
