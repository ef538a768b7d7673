import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TreewayError, type Problem } from '../../errors.ts'
import { createModuleLoader, type ModuleLoader, type ModuleLoaderOptions } from './create-module-loader.ts'

let dir = ''
let loaders: ModuleLoader[] = []

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'treeway-loader-'))
})

afterEach(async () => {
  await Promise.all(loaders.map((loader) => loader.close()))
  loaders = []
  rmSync(dir, { recursive: true, force: true })
})

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
}

function at(...names: string[]): string[] {
  return names.map((name) => join(dir, name))
}

function open(options: Partial<ModuleLoaderOptions> = {}): ModuleLoader {
  const loader = createModuleLoader({ dir, ...options })
  loaders.push(loader)
  return loader
}

async function load(loader: ModuleLoader, name: string): Promise<Record<string, unknown>> {
  return (await loader.load(join(dir, name))) as Record<string, unknown>
}

async function loadError(loader: ModuleLoader, name: string): Promise<TreewayError> {
  const error: unknown = await loader.load(join(dir, name)).catch((thrown: unknown) => thrown)
  if (error instanceof TreewayError) return error
  throw new Error(`${name} loaded, or failed without a code: ${String(error)}`)
}

describe('a module', () => {
  test('is evaluated once, however often and by whomever it is loaded', async () => {
    write({
      'a.ts': "import { n } from './n'\nexport const o = n",
      'b.js': "exports.o = require('./n').n",
      'n.ts': 'export const n = {}'
    })
    const loader = open()
    const [a, b, again] = await Promise.all([
      load(loader, 'a.ts'),
      load(loader, 'b.js'),
      load(loader, 'a.ts')
    ])
    expect(a).toBe(again)
    expect(a['o']).toBe(b['o'])
  })

  test('of ES form has live exports and says __esModule', async () => {
    write({ 'a.ts': 'export let n = 1\nexport const add = () => { n += 1 }' })
    const a = await load(open(), 'a.ts')
    ;(a['add'] as () => void)()
    expect([a['n'], a['__esModule']]).toEqual([2, true])
  })

  test('may have a name with : [ ] * + # % and spaces', async () => {
    const names = ['[id].ts', '[...rest] *.js', 'a:b+c.mjs', '100% #1?.ts', "it's.jsx", '[[path]].cts']
    write(
      Object.fromEntries(
        names.map((name) => [
          `functions/${name}`,
          'export const file = __filename\nexport const url = import.meta.url'
        ])
      )
    )
    const loader = open({ stateDir: join(dir, '.treeway') })
    for (const name of names)
      expect(await load(loader, `functions/${name}`)).toMatchObject({ file: join(dir, 'functions', name) })
  })

  test('sees its own process and Response, by any way, and nobody else does', async () => {
    class LightResponse extends Response {}
    const ownProcess = Object.create(process, { env: { value: { NAME: 'own' } } }) as NodeJS.Process
    const body = (by: string): string =>
      `${by}\nexport default [process.env.NAME, Response.name, globalThis.Response.name].join()`
    write({
      'a.ts': body(
        "import { env } from 'node:process'\nimport q from 'process'\nif (env.NAME + q.env.NAME !== 'ownown') throw 1"
      ),
      'b.js': "exports.default = [require('process').env.NAME, Response.name].join()",
      'c.mjs':
        "const { env, default: p } = await import('node:process')\nexport default env.NAME + p.env.NAME",
      'd.js': body('class Response {}'),
      'other.ts': body('')
    })
    const loader = open({
      globalsFor: (file) =>
        file.endsWith('other.ts') ? undefined : { process: ownProcess, Response: LightResponse }
    })
    const found = await Promise.all(
      ['a.ts', 'b.js', 'c.mjs', 'd.js', 'other.ts'].map((name) => load(loader, name))
    )
    expect(found.map((exports) => exports['default'])).toEqual([
      'own,LightResponse,Response',
      'own,LightResponse',
      'ownown',
      'own,Response,Response',
      ',Response,Response'
    ])
  })

  test('of a linked workspace package is evaluated here when it is TypeScript', async () => {
    write({
      'app/functions/a.ts': "import { n } from '@acme/lib'\nexport default n",
      'lib/package.json': '{"name":"@acme/lib","exports":"./src.ts"}',
      'lib/src.ts': 'export const n: number = 1'
    })
    mkdirSync(join(dir, 'app/node_modules/@acme'), { recursive: true })
    symlinkSync(join(dir, 'lib'), join(dir, 'app/node_modules/@acme/lib'))
    expect(await load(open({ dir: join(dir, 'app') }), 'app/functions/a.ts')).toMatchObject({ default: 1 })
  })
})

describe('a reload', () => {
  test('evaluates the changed file and all that import it, and nothing else', async () => {
    write({
      'a.ts': "import { n } from './lib/n'\nexport const value = n; export const id = {}",
      'b.js': "exports.value = require('./lib/m').m; exports.id = {}",
      'c.js': 'exports.id = {}',
      'lib/m.ts': "export { n as m } from './n.js'",
      'lib/n.ts': 'export const n: number = 1'
    })
    const loader = open()
    const names = ['a.ts', 'b.js', 'c.js']
    const before = await Promise.all(names.map((name) => load(loader, name)))
    write({ 'lib/n.ts': 'export const n: number = 2' })
    expect(loader.invalidate(at('lib/n.ts')).toSorted()).toEqual(at('a.ts', 'b.js', 'lib/m.ts', 'lib/n.ts'))
    const after = await Promise.all(names.map((name) => load(loader, name)))
    expect(after.map((exports) => exports['value'])).toEqual([2, 2, undefined])
    expect(after.map((exports, index) => exports['id'] === before[index]?.['id'])).toEqual([
      false,
      false,
      true
    ])
  })

  test('goes through a circle, JSON, text, and a module with a top-level await', async () => {
    write({
      'a.js':
        "import { b } from './b.js'\nimport t from './t.txt'\nexport default () => b() + t\nexport const a = 1",
      'b.js': "import './a.js'\nimport d from './c.mjs'\nexport const b = () => d",
      'c.mjs': "import data from './d.json'\nexport default await Promise.resolve(data.d)",
      'd.json': '{"d":"d"}',
      't.txt': 't'
    })
    const loader = open()
    const call = async (): Promise<unknown> => ((await load(loader, 'a.js'))['default'] as () => unknown)()
    expect(await call()).toBe('dt')
    expect(loader.listDependencies(join(dir, 'a.js')).toSorted()).toEqual(
      at('b.js', 'c.mjs', 'd.json', 't.txt')
    )
    write({ 'd.json': '{"d":"D"}' })
    expect(loader.invalidate(at('d.json'))).toHaveLength(4)
    expect(await call()).toBe('Dt')
    write({ 't.txt': 'T' })
    expect(loader.invalidate(at('t.txt')).toSorted()).toEqual(at('a.js', 'b.js', 't.txt'))
    expect(await call()).toBe('DT')
  })

  test('finds a file that was missing, one that moved, and one that is broken no more', async () => {
    write({ 'a.ts': "import { n } from './lib'\nexport const value = n" })
    const loader = open()
    await loadError(loader, 'a.ts')
    write({ 'lib.ts': 'export const n = (' })
    expect(loader.invalidate(at('lib.ts'))).toEqual(at('a.ts'))
    expect((await loadError(loader, 'a.ts')).code).toBe('TREEWAY_SYNTAX')
    write({ 'lib.ts': 'export const n = 1' })
    expect(loader.invalidate(at('lib.ts')).toSorted()).toEqual(at('a.ts', 'lib.ts'))
    expect(await load(loader, 'a.ts')).toMatchObject({ value: 1 })
    rmSync(join(dir, 'lib.ts'))
    write({ 'lib/index.js': 'exports.n = 2' })
    expect(loader.invalidate(at('lib.ts', 'lib/index.js')).toSorted()).toEqual(at('a.ts', 'lib.ts'))
    expect(await load(loader, 'a.ts')).toMatchObject({ value: 2 })
  })

  test('after tsconfig.json changed is one of everything', async () => {
    const config = (to: string): string => `{"compilerOptions":{"paths":{"@/*":["./${to}/*"]}}}`
    write({
      'a.ts': "export { n } from '@/n'",
      'one/n.ts': 'export const n = 1',
      'two/n.ts': 'export const n = 2',
      'tsconfig.json': config('one')
    })
    const loader = open()
    expect(await load(loader, 'a.ts')).toMatchObject({ n: 1 })
    write({ 'tsconfig.json': config('two') })
    expect(loader.invalidate(at('tsconfig.json')).toSorted()).toEqual(at('a.ts', 'one/n.ts'))
    expect(await load(loader, 'a.ts')).toMatchObject({ n: 2 })
  })

  test('while the file is being read gives the new text to who loads it next', async () => {
    write({ 'a.ts': 'export const n: number = 1' })
    const loader = open()
    const early = load(loader, 'a.ts')
    write({ 'a.ts': 'export const n: number = 2' })
    loader.invalidate(at('a.ts'))
    const late = load(loader, 'a.ts')
    await early
    expect(await late).toMatchObject({ n: 2 })
    expect(await load(loader, 'a.ts')).toMatchObject({ n: 2 })
  })

  test('of what was never loaded is nothing', () => {
    expect(open().invalidate(at('never.ts'))).toEqual([])
  })
})

describe('a fault', () => {
  const broken: readonly (readonly [string, string, number, number])[] = [
    ['a.ts', 'export const a = 1\nexport const b: = 2\n', 2, 17],
    ['a.js', 'exports.a = 1\nexports.b = {,}\n', 2, 14],
    ['a.mjs', "import a from './a'\n\texport { x }\n", 2, 11],
    ['a.tsx', 'export default () => <p></q>', 1, 27],
    ['a.json', '{\n  "a": 1,\n}', 3, 1]
  ]
  test.each(broken)('of syntax in %s is told with its place: %s', async (name, source, line, column) => {
    write({ [`functions/${name}`]: source })
    const error = await loadError(open(), `functions/${name}`)
    expect(error).toMatchObject({
      code: 'TREEWAY_SYNTAX',
      problems: [{ file: `functions/${name}`, line, column }]
    })
    expect(error.message).toContain(`functions/${name}:${line}:${column}: `)
    expect(error.problems[0]?.frame).toContain(`> ${line} | ${source.split('\n')[line - 1]}`)
  })

  test('of syntax in what it imports names that file', async () => {
    write({ 'functions/a.ts': "import '../lib/x'", 'lib/x.ts': 'let x = ;' })
    expect((await loadError(open(), 'functions/a.ts')).problems).toMatchObject([
      { file: 'lib/x.ts', line: 1, column: 9 }
    ])
  })

  test('in an import names the importer and the line', async () => {
    write({
      'functions/a.ts': "import { b } from './b'\nb()",
      'functions/b.ts': "\nimport x from './missing.js'\nexport const b = x",
      'c.js': "\nrequire('no-such-package')",
      'd.js': "import { env } from 'cloudflare:workers'\nexport default env"
    })
    const loader = open()
    const missing = await loadError(loader, 'functions/a.ts')
    expect(missing).toMatchObject({
      code: 'TREEWAY_LOAD_FAILED',
      problems: [{ file: 'functions/b.ts', line: 2, column: 15 }]
    })
    expect(missing.message).toBe("functions/b.ts:2 imports './missing.js': there is no such file")
    expect((await loadError(loader, 'c.js')).message).toBe(
      "c.js:2 imports 'no-such-package': there is no such package here; is it installed?"
    )
    expect((await loadError(loader, 'd.js')).message).toBe(
      "d.js:1 imports 'cloudflare:workers': only Cloudflare has that (docs/pages.md)"
    )
    expect((await loadError(loader, 'nowhere.js')).code).toBe('TREEWAY_LOAD_FAILED')
  })

  test('that is thrown keeps what was thrown, and the next load tries again', async () => {
    write({
      'a.js': "if (!globalThis.__treewayTry) throw new TypeError('not yet')\nmodule.exports = 1",
      'b.ts': "import './a.js'; export default 1",
      'c.js': "throw 'text'"
    })
    const loader = open()
    const error = await loadError(loader, 'b.ts')
    expect(error).toMatchObject({
      code: 'TREEWAY_LOAD_FAILED',
      cause: expect.objectContaining({ message: 'not yet' }) as unknown
    })
    expect(error.message).toContain('b.ts failed while it was loaded: TypeError: not yet (a.js:1:37)')
    expect((await loadError(loader, 'c.js')).cause).toBe('text')
    Reflect.set(globalThis, '__treewayTry', true)
    expect(await load(loader, 'b.ts')).toMatchObject({ default: 1 })
    Reflect.deleteProperty(globalThis, '__treewayTry')
  })

  test('in one file harms no other', async () => {
    write({ 'a.ts': 'export const = 1', 'b.ts': 'export const n = 1' })
    const loader = open()
    const [a, b] = await Promise.allSettled([load(loader, 'a.ts'), load(loader, 'b.ts')])
    expect([a?.status, b?.status]).toEqual(['rejected', 'fulfilled'])
  })

  test('in tsconfig.json is a warning, and the files load without it', async () => {
    write({ 'a.ts': 'export const n: number = 1', 'tsconfig.json': '{"extends":"./nowhere.json"}' })
    const warnings: Problem[] = []
    expect(await load(open({ onWarning: (problem) => warnings.push(problem) }), 'a.ts')).toMatchObject({
      n: 1
    })
    expect(warnings).toMatchObject([{ code: 'TREEWAY_CONFIG_INVALID', severity: 'warning' }])
  })
})

describe('the cache on disk', () => {
  const listEntries = (): string[] =>
    readdirSync(join(dir, '.treeway'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.json')
    )

  test('holds one entry per file, and follows its content', async () => {
    write({ 'a.ts': 'export const n: number = 1' })
    const options = { stateDir: join(dir, '.treeway') }
    for (const n of [1, 2, 2, 1]) {
      write({ 'a.ts': `export const n: number = ${n}` })
      const loader = open(options)
      expect(await load(loader, 'a.ts')).toMatchObject({ n })
      await loader.close()
      expect(listEntries()).toHaveLength(1)
    }
  })

  test('is ignored where it is damaged', async () => {
    write({ 'a.ts': 'export const n: number = 1' })
    const options = { stateDir: join(dir, '.treeway') }
    const first = open(options)
    await load(first, 'a.ts')
    await first.close()
    const entry = join(dir, '.treeway', listEntries()[0] ?? '')
    const text = readFileSync(entry, 'utf8')
    for (const damaged of ['', text.slice(0, -20), text.replace('n = 1', 'n = 9'), '{}']) {
      writeFileSync(entry, damaged)
      expect(await load(open(options), 'a.ts')).toMatchObject({ n: 1 })
    }
  })
})
