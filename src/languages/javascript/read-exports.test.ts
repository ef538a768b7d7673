import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createExportCache } from './export-cache.ts'
import { readExports, type ExportList } from './read-exports.ts'

interface Case {
  readonly source: string
  /** Default: a.js. */
  readonly file?: string
  /** Default: []. */
  readonly names?: readonly string[]
  /** Default: none. */
  readonly is?: ExportList['default']
  /** Default: esm. */
  readonly kind?: ExportList['kind']
}

const esm: readonly Case[] = [
  { source: 'export const onRequest = () => new Response("x")', names: ['onRequest'] },
  { source: 'export async function onRequest() {}\nexport let a = 1, b = 2', names: ['onRequest', 'a', 'b'] },
  { source: 'const x = 1; export { x as handler, x as default }', names: ['handler'], is: 'none' },
  {
    source: "export { onRequest } from './x'\nexport { default } from 'pkg'",
    names: ['onRequest'],
    is: 'unknown'
  },
  { source: "export * as ns from './x'", names: ['ns'] },
  {
    source: '// export const no = 1\nconst s = "export const no = 1"\nexport const yes = `export const no`',
    names: ['yes']
  },
  { source: 'export default async (request, reply) => { reply.send("ok") }', is: 'function' },
  { source: 'export default request => 1', is: 'function' },
  { source: 'export default function () {}', is: 'function' },
  { source: 'export default async function handler(a = (1)) {}', is: 'function' },
  { source: 'export default ({ a, b }, [c] = []) => ({})', is: 'function' },
  { source: 'export default /* why */ handler;\nasync function handler() {}', is: 'function' },
  { source: 'const handler = async () => {}\nexport default handler', is: 'function' },
  { source: 'const app = new Hono()\napp.get("/", 1)\nexport default app\n', is: 'object' },
  { source: 'const app = new Hono()\nexport { app as default }', is: 'object' },
  { source: 'export default { fetch(request) { return new Response() } }', is: 'object' },
  { source: 'const a = { b: 1 }\nexport default a;', is: 'none' },
  { source: 'export default { a: { fetch: 1 }, "b": [1] }', is: 'none' },
  { source: 'export default { ...app, b: 1 }', is: 'object' },
  { source: 'export default { a: 1, fetch }', is: 'object' },
  { source: 'export default // why\n  "text"', is: 'none' },
  { source: 'export default `text`', is: 'none' },
  { source: 'export default [1, 2]', is: 'none' },
  { source: 'export default -1.5', is: 'none' },
  { source: 'class A {}\nexport default A', is: 'none' },
  { source: 'export default new Hono()', is: 'object' },
  { source: 'export default wrap(() => 1)', is: 'unknown' },
  { source: 'export default (a, b)', is: 'unknown' },
  { source: 'export default class A {}', is: 'none' },
  { source: 'import "x"\nconst d = new Date()', names: [] },
  {
    source: 'export const a = await fetch("x"), r = /[/"]export/, u = import.meta.url, i = import("y")',
    names: ['a', 'r', 'u', 'i']
  },
  { source: 'const a = 1\nexport { a }\nexport const b = a\nexport class C {}', names: ['a', 'b', 'C'] }
]

const typescript: readonly Case[] = [
  {
    file: 'a.ts',
    source: 'export type A = 1\nexport interface B { c: 1 }\nexport const d: A = 1',
    names: ['d']
  },
  { file: 'a.ts', source: "export type { A } from './a'\nexport { type B, c } from './b'", names: ['c'] },
  { file: 'a.ts', source: 'const h: Handler<A> = async (c) => c.x\nexport default h', is: 'function' },
  {
    file: 'a.mts',
    source: 'export default { async fetch(r: Request): Promise<Response> { return x } } satisfies Y',
    is: 'object'
  },
  {
    file: 'a.ts',
    source: 'export enum E { A }\nexport abstract class C { constructor(private a: number) {} }',
    names: ['E', 'C']
  },
  {
    file: 'a.tsx',
    source: 'export const onRequest = () => <p>it\'s {"export const no"}</p>',
    names: ['onRequest']
  },
  { file: 'a.jsx', source: 'export default () => <a.b x="1" />', is: 'function' },
  { file: 'a.cts', source: 'export = { handler: () => 1 }', names: ['handler'], kind: 'commonjs' },
  {
    file: 'a.ts',
    source: 'class A { @dec() x(@param y: number) {} }\nexport const handler = 1',
    names: ['handler']
  }
]

const commonjs: readonly Case[] = [
  { source: 'exports.handler = async () => 1', names: ['handler'], kind: 'commonjs' },
  { source: 'module.exports = { handler, options }', names: ['handler', 'options'], kind: 'commonjs' },
  {
    source:
      'module.exports = { a: async () => ({ x: 1, y: 2 }), "b": [1, 2], c() { return 1, 2 }, async d(e) {}, get f() {}, ...g, h: "i, j: k" }',
    names: ['a', 'b', 'c', 'd', 'f', 'h'],
    kind: 'commonjs'
  },
  { source: 'module.exports = (request, reply) => 1', is: 'function', kind: 'commonjs' },
  {
    source: 'module.exports = async function (fastify) {}\nmodule.exports.options = {}',
    names: ['options'],
    is: 'function',
    kind: 'commonjs'
  },
  { source: 'const f = async () => 1\nmodule.exports = f\nf.options = {}', is: 'function', kind: 'commonjs' },
  { source: 'exports = module.exports = function () {}', is: 'function', kind: 'commonjs' },
  { source: 'module.exports = new Hono()', is: 'object', kind: 'commonjs' },
  { source: 'module.exports = fp(plugin)', is: 'unknown', kind: 'commonjs' },
  {
    source:
      'Object.defineProperty(exports, "handler", { enumerable: true, get: function () { return x.handler } })',
    names: ['handler'],
    kind: 'commonjs'
  },
  {
    source:
      'Object.defineProperty(exports, "__esModule", { value: true });\nexports.a = void 0;\nexports.default = async () => 1;\nexports.a = 1',
    names: ['a'],
    is: 'function',
    kind: 'commonjs'
  },
  { source: '#!/usr/bin/env node\nconst x = 1', kind: 'commonjs' },
  { source: '', kind: 'commonjs' }
]

const mixed: readonly Case[] = [
  {
    source: "const f = require('f')\nexport default async (server) => { await server.register(f) }",
    is: 'function',
    kind: 'mixed'
  },
  {
    source: "import 'x'\nmodule.exports = async () => 1\nmodule.exports.options = {}",
    names: ['options'],
    is: 'function',
    kind: 'mixed'
  },
  { source: 'export const a = 1\nexports.handler = 2', names: ['a', 'handler'], kind: 'mixed' }
]

describe('the exports of', () => {
  test.each([...esm, ...typescript, ...commonjs, ...mixed])('$source are read', async (given) => {
    const {
      names,
      default: is,
      kind,
      problem
    } = await readExports({ file: `/x/${given.file ?? 'a.js'}`, source: given.source })
    expect({ names, is, kind, problem }).toEqual({
      names: given.names ?? [],
      is: given.is ?? 'none',
      kind: given.kind ?? 'esm',
      problem: undefined
    })
  })
})

describe('other files', () => {
  const dir = mkdtempSync(join(tmpdir(), 'treeway-exports-'))
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  async function read(files: Readonly<Record<string, string>>): Promise<ExportList> {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, name)), { recursive: true })
      writeFileSync(join(dir, name), text)
    }
    const [name = '', source = ''] = Object.entries(files)[0] ?? []
    return await readExports({ file: join(dir, name), source, dir })
  }

  test('are followed by export *, also in a circle', async () => {
    const list = await read({
      'star.js': "export * from './b.js'\nexport const a = 1",
      'b.ts': "export * from './c'\nexport const b: number = 1\nexport default 1",
      'c/index.js': "export * from '../star.js'\nexport const c = 1, options = {}"
    })
    expect(list).toMatchObject({ names: ['a', 'b', 'c', 'options'], default: 'none', mentionsOptions: true })
  })

  test('give their default to who passes it on', async () => {
    const files = { 'h.js': 'export default async () => 1', 'o.js': 'module.exports = new App()' }
    expect(await read({ 'd1.js': "export { default } from './h.js'", ...files })).toMatchObject({
      default: 'function'
    })
    expect(await read({ 'd2.js': "import h from './h.js'\nexport default h", ...files })).toMatchObject({
      default: 'function'
    })
    expect(await read({ 'd3.js': "module.exports = require('./o')", ...files })).toMatchObject({
      default: 'object'
    })
  })

  test('that are not there, or packages, give nothing', async () => {
    expect(
      await read({ 'm.js': "export * from './nowhere'\nexport * from 'pkg'\nexport const a = 1" })
    ).toMatchObject({ names: ['a'] })
  })
})

describe('a syntax error', () => {
  const broken: readonly (readonly [string, string, number, number])[] = [
    ['a.js', 'export const a = 1\nexport const onRequest = (;\n', 2, 27],
    ['a.js', 'exports.a = {\n\tb: 1 c: 2\n}', 2, 7],
    ['a.ts', 'export const é: string = "é" +* 1', 1, 31],
    ['a.tsx', 'export default () => <p>\n</q>', 2, 3],
    ['a.mjs', 'export function a() {\n', 2, 1],
    ['a.js', 'export const a = 1\nconst a = 2', 2, 7]
  ]
  test.each(broken)('in %s is a problem: %s', async (name, source, line, column) => {
    const list = await readExports({ file: `/p/functions/${name}`, source, dir: '/p' })
    expect(list).toMatchObject({ names: [], default: 'none' })
    expect(list.problem).toMatchObject({ code: 'TREEWAY_SYNTAX', file: `functions/${name}`, line, column })
    const frame = list.problem?.frame?.split('\n') ?? []
    expect(frame.at(-2)).toBe(`> ${line} | ${source.split('\n')[line - 1]}`)
    expect(frame.at(-1)).toHaveLength(`> ${line} | `.length + column)
    expect(frame.at(-1)?.endsWith('^')).toBe(true)
  })
})

test('what TypeScript exports is kept on disk, by content', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'treeway-exports-'))
  for (const name of ['a', 'b', 'b', 'a']) {
    const cache = createExportCache(stateDir)
    const list = await readExports({ file: '/x/a.ts', source: `export const ${name}: number = 1`, cache })
    expect(list).toMatchObject({ names: [name] })
    await cache.settle()
  }
  rmSync(stateDir, { recursive: true })
})

test('files of every size are read without running them', async () => {
  const source = `export const onRequest = () => 1\n${'throw new Error("ran")\n'.repeat(5000)}`
  expect(await readExports({ file: '/x/big.js', source })).toMatchObject({ names: ['onRequest'] })
})
