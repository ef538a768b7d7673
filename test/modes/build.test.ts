import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { buildProject } from '../../src/build/build-project.ts'
import type { BuildResult } from '../../src/build/build-project.ts'
import { createConfig } from '../../src/config/config.ts'
import { TreewayError } from '../../src/errors.ts'
import { BUILD_FILE } from '../../src/project/read-build.ts'
import { createProject, startTreeway } from '../cli/run-treeway.ts'
import type { Tree } from '../cli/run-treeway.ts'

const hasCompilers = ['go version', 'cargo --version'].every(
  (command) => spawnSync(command, { shell: true }).status === 0
)

const projects: { remove(): void }[] = []

afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

function write(files: Tree): string {
  const project = createProject(files)
  projects.push(project)
  return project.dir
}

async function build(dir: string, out = '.treeway/build'): Promise<BuildResult> {
  return await buildProject({ config: createConfig(dir), outDir: join(dir, out) })
}

async function readRefusal(dir: string): Promise<TreewayError> {
  const error: unknown = await build(dir).catch((thrown: unknown) => thrown)
  if (error instanceof TreewayError) return error
  throw new Error('It was not refused.')
}

function readAll(dir: string): Record<string, string> {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const names = entries.map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1)).sort()
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(dir, name), 'base64')]))
}

const shop: Tree = {
  'functions/hello.ts':
    "import { count } from '../lib/count.ts'\nimport data from './data.json'\nexport const handler = (): unknown => ({ count: count(), data })",
  'functions/again.js':
    "const { count } = require('../lib/count')\nexports.handler = () => ({ count: count() })",
  'functions/data.json': '{ "a": 1 }',
  'functions/users/[id].js': 'export const handler = (event, { id }) => ({ id })',
  'functions/late.js':
    'module.exports = (request, reply) => { setImmediate(() => reply.send({ late: true })) }',
  'functions/awaits.mjs': 'const v = await Promise.resolve(7)\nexport const GET = () => Response.json({ v })',
  'functions/ask.js':
    "module.exports = (request) => ({ n: request.query.n })\nmodule.exports.options = { schema: { querystring: { type: 'object', properties: { n: { type: 'integer' } } } } }",
  'functions/fails.ts':
    'interface A {}\n\nexport const handler = (): unknown => ({ stack: new Error("here").stack })',
  'lib/count.ts': 'let n: number = 0\nexport const count = (): number => ++n',
  'public/page.html': '<p>page</p>',
  'functions/hello.test.ts': 'this is no test'
}

describe('a build', () => {
  test('answers as the tree does, away from the tree', async () => {
    const dir = write(shop)
    const elsewhere = write({})
    await build(dir)
    await buildProject({ config: createConfig(dir), outDir: join(elsewhere, 'app') })
    rmSync(dir, { recursive: true })
    const app = await createApp({ dir: join(elsewhere, 'app') })
    const ask = async (url: string): Promise<unknown> => {
      const { statusCode, payload } = await app.inject(url)
      return [statusCode, payload.startsWith('{') ? JSON.parse(payload) : payload]
    }
    expect(await ask('/hello')).toEqual([200, { count: 1, data: { a: 1 } }])
    expect(await ask('/again')).toEqual([200, { count: 2 }])
    expect(await ask('/users/a%2Fb')).toEqual([200, { id: 'a/b' }])
    expect(await ask('/late')).toEqual([200, { late: true }])
    expect(await ask('/awaits')).toEqual([200, { v: 7 }])
    expect(await ask('/ask?n=3')).toEqual([200, { n: 3 }])
    expect((await app.inject('/ask?n=z')).statusCode).toBe(400)
    expect(await ask('/page')).toEqual([200, '<p>page</p>'])
    expect((await app.inject({ method: 'HEAD', url: '/hello' })).statusCode).toBe(200)
    expect((await app.inject({ method: 'POST', url: '/hello' })).statusCode).toBe(405)
    await app.close()
  })

  test('of the same files is the same bytes, wherever it is', async () => {
    const first = write(shop)
    const second = write(shop)
    await build(first)
    await build(first, 'out')
    await build(second)
    const files = readAll(join(first, '.treeway/build'))
    expect(readAll(join(first, 'out'))).toEqual(files)
    expect(readAll(join(second, '.treeway/build'))).toEqual(files)
    expect(Object.keys(files)).not.toContain('functions/hello.test.ts')
  })

  test.skipIf(!hasCompilers)(
    'with compiled programs is the same bytes, wherever it is (needs Go and Rust)',
    async () => {
      const tree = {
        'functions/get.go.go':
          'package main\nfunc handler(event map[string]interface{}) interface{} { return "go" }\n',
        'functions/get.rust.rs':
          'use serde_json::{json, Value};\npub fn handler(_event: Value) -> Value { json!("rust") }\n'
      }
      const deeper = Object.entries(tree).map(([name, text]) => [`in/a/folder/${name}`, text])
      const dirs = [write(tree), join(write(Object.fromEntries(deeper) as Tree), 'in/a/folder')]
      const [first = {}, second] = await Promise.all(
        dirs.map(async (dir) => {
          await build(dir)
          return readAll(join(dir, '.treeway/build'))
        })
      )
      expect(Object.keys(first).filter((name) => name.endsWith('/program'))).toHaveLength(2)
      expect(second).toEqual(first)
    },
    240_000
  )

  test('loads a module at its first request, once, and stays with what was built', async () => {
    const mark = 'globalThis.treewayLoads = (globalThis.treewayLoads ?? 0) + 1\n'
    const dir = write({ 'functions/a.js': `${mark}export const handler = () => globalThis.treewayLoads` })
    await build(dir)
    writeFileSync(join(dir, 'functions/a.js'), 'export const handler = () => "edited"')
    const app = await createApp({ dir: join(dir, '.treeway/build') })
    expect(Reflect.get(globalThis, 'treewayLoads')).toBeUndefined()
    const answers = await Promise.all([app.inject('/a'), app.inject('/a'), app.inject('/a')])
    expect(answers.map(({ payload }) => payload)).toEqual(['1', '1', '1'])
    await app.close()
    Reflect.deleteProperty(globalThis, 'treewayLoads')
  })

  test('loads what nobody asked for while it has nothing to do', async () => {
    const dir = write({ 'functions/a.js': 'globalThis.treewayIdle = true\nexport const handler = () => 1' })
    await build(dir)
    const app = await createApp({ dir: join(dir, '.treeway/build') })
    expect(Reflect.get(globalThis, 'treewayIdle')).toBeUndefined()
    await app.listen({ port: 0 })
    await expect.poll(() => Reflect.get(globalThis, 'treewayIdle'), { timeout: 10_000 }).toBe(true)
    await app.close()
    Reflect.deleteProperty(globalThis, 'treewayIdle')
  })

  test('answers 500 with a code where a module can not be loaded, and tries again', async () => {
    const dir = write({ 'functions/a.js': 'throw new Error("not today")\nexport const handler = () => 1' })
    await build(dir)
    const app = await createApp({ dir: join(dir, '.treeway/build') })
    for (const _ of [1, 2])
      expect((await app.inject('/a')).json()).toMatchObject({ statusCode: 500, code: 'TREEWAY_LOAD_FAILED' })
    await app.close()
  })

  test('gives no answer without the options that only came up as the module ran', async () => {
    const hidden = "exports['opt' + 'ions'] = { onRequest: () => { throw new Error('guard') } }"
    const dir = write({ 'functions/a.js': `exports.handler = () => 'secret'\n${hidden}` })
    await build(dir)
    const lazy = await createApp({ dir: join(dir, '.treeway/build') })
    expect((await lazy.inject('/a')).json()).toMatchObject({ code: 'TREEWAY_OPTIONS_UNSEEN' })
    await lazy.close()
    const eager = await createApp({ dir: join(dir, '.treeway/build'), config: { eager: true } })
    expect((await eager.inject('/a')).payload).not.toContain('secret')
    await eager.close()
  })

  test.each([
    ['another Node', /"node":\d+/, '"node":9', 'Node 9'],
    ['another Treeway', /"treeway":"[^"]+"/, '"treeway":"0.0.1"', 'Treeway 0.0.1'],
    ['another format', /"format":\d+/, '"format":99', 'Treeway'],
    ['another platform', /"facts":\{/, '"facts":{"platform":"linux-x64-musl",', 'linux-x64-musl; this is ']
  ])('made for %s is refused, and says for which', async (_name, before, after, words) => {
    const dir = write(shop)
    await build(dir)
    const file = join(dir, '.treeway/build', BUILD_FILE)
    writeFileSync(file, readFileSync(file, 'utf8').replace(before, after))
    await expect(createApp({ dir: join(dir, '.treeway/build') })).rejects.toMatchObject({
      code: 'TREEWAY_BUILD_UNFIT',
      message: expect.stringContaining(words)
    })
  })

  test('is served by treeway start, and stack traces show the lines of the source', async () => {
    const dir = write({ ...shop, 'treeway.config.ts': 'export default { port: 0 as number }' })
    const built = await startTreeway(['build'], { cwd: dir }).finished
    expect(built.stdout).toContain('treeway start .treeway/build')
    const server = startTreeway(['start', '.treeway/build', '--workers', '1', '--port', '0'], { cwd: dir })
    const [, url] = await server.waitFor(/(http:\/\/127\.0\.0\.1:\d+)/)
    expect(await (await fetch(`${url}/users/7`)).json()).toEqual({ id: '7' })
    // The built file has other lines.
    expect(await (await fetch(`${url}/fails`)).text()).toContain('functions/fails.ts:3:')
    expect((await server.stop()).code).toBe(0)
  })
})

describe('a build is refused, and nothing is written,', () => {
  const refused: readonly (readonly [string, Tree, string, readonly string[]])[] = [
    [
      'for an import that leads nowhere',
      { 'functions/a.js': "import x from './nope.js'\nexport const handler = () => x" },
      'TREEWAY_LOAD_FAILED',
      ['functions/a.js:1', './nope.js']
    ],
    [
      'for a package that is not installed',
      { 'functions/a.ts': "import x from 'no-such-package'\nexport const handler = () => x" },
      'TREEWAY_LOAD_FAILED',
      ['functions/a.ts', 'no-such-package']
    ],
    [
      'for a fault in a file that is imported',
      {
        'functions/a.js': "import x from '../lib/b.ts'\nexport const handler = () => x",
        'lib/b.ts': 'const = 1'
      },
      'TREEWAY_SYNTAX',
      ['lib/b.ts:1']
    ],
    [
      'for a fault in a private file',
      { 'functions/a.js': 'export const handler = () => 1', 'functions/_b.ts': 'const = 1' },
      'TREEWAY_SYNTAX',
      ['functions/_b.ts:1']
    ],
    [
      'for two files with one URL',
      {
        'functions/a.js': 'export const handler = () => 1',
        'functions/get.a.js': 'export const handler = () => 2'
      },
      'TREEWAY_ROUTE_CONFLICT',
      ['functions/a.js', 'functions/get.a.js']
    ],
    [
      'for a tree without a route',
      { 'functions/a.js': 'export const x = 1' },
      'TREEWAY_TREE_EMPTY',
      ['No file']
    ]
  ]
  test.each(refused)('%s', async (_why, files, code, words) => {
    const dir = write(files)
    const { message, problems } = await readRefusal(dir)
    expect(problems.map((problem) => problem.code)).toContain(code)
    for (const word of words) expect(message).toContain(word)
    expect(readdirSync(dir)).not.toContain('.treeway')
  })

  test('into a folder that holds anything else', async () => {
    const dir = write({ ...shop, 'dist/mine.txt': 'mine' })
    await expect(build(dir, 'dist')).rejects.toMatchObject({ code: 'TREEWAY_BUILD_TARGET' })
    await expect(build(dir, '.')).rejects.toMatchObject({ code: 'TREEWAY_BUILD_TARGET' })
    expect(readFileSync(join(dir, 'dist/mine.txt'), 'utf8')).toBe('mine')
  })
})

test('what may be missing by its author’s word does not refuse a build', async () => {
  const dir = write({
    'functions/a.js':
      "let x\ntry { x = require('no-such-package') } catch { x = 'without' }\nexports.handler = () => x"
  })
  await build(dir)
  const app = await createApp({ dir: join(dir, '.treeway/build') })
  expect((await app.inject('/a')).payload).toBe('without')
  await app.close()
})

test('a tree of Pages functions gets a _routes.json that reaches every one of them', async () => {
  const dir = write({
    'functions/api/[id].js': 'export const onRequest = ({ params }) => new Response(params.id)',
    'public/index.html': 'home'
  })
  await build(dir)
  const rules: unknown = JSON.parse(readFileSync(join(dir, '.treeway/build/public/_routes.json'), 'utf8'))
  expect(rules).toMatchObject({ version: 1, include: ['/api/*'], exclude: [] })
  const app = await createApp({ dir: join(dir, '.treeway/build') })
  expect((await app.inject('/api/7')).payload).toBe('7')
  await app.close()
})
