import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createModuleLoader } from './create-module-loader.ts'

const dirs: string[] = []

afterAll(() => {
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true })
})

function writeTree(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'treeway forms-'))
  dirs.push(dir)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  return dir
}

interface Form {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  /** Default: the first of the files. */
  readonly entry?: string
  /** Of the export named `default`, `handler` or the module itself, called when it is a function. */
  readonly gives: unknown
}

const packages = {
  'node_modules/babel-like/package.json': '{}',
  'node_modules/old/package.json': '{}',
  'node_modules/babel-like/index.js': 'exports.__esModule = true; exports.default = 1; exports.named = 2',
  'node_modules/old/index.js': 'module.exports = () => "old"; module.exports.named = "n"',
  'node_modules/modern/package.json': '{"type":"module","exports":{"import":"./main.js"}}',
  'node_modules/modern/main.js':
    'export const value = await Promise.resolve("modern"); export default () => value',
  'node_modules/both/package.json': '{"type":"module","main":"main.js"}',
  'node_modules/both/main.js': 'export default "both"; export const named = 1'
}

const forms: readonly Form[] = [
  { name: 'module.exports = function', files: { 'a.js': 'module.exports = () => 1' }, gives: 1 },
  { name: 'exports.handler', files: { 'b.js': 'exports.handler = () => 2; exports.GET = 1' }, gives: 2 },
  { name: 'an ES module without type', files: { 'c.js': 'export default () => 3' }, gives: 3 },
  {
    name: 'require of a neighbour',
    files: { 'd.js': "exports.handler = () => require('./lib/dep').n", 'lib/dep.js': 'exports.n = 4' },
    gives: 4
  },
  {
    name: 'named exports that import an ES module',
    files: {
      'e.js': "import { n } from './n.js'\nexport const handler = () => n",
      'n.js': 'export const n = 5'
    },
    gives: 5
  },
  { name: '.cjs', files: { 'a.cjs': 'exports.handler = () => 6' }, gives: 6 },
  { name: '.mjs', files: { 'a.mjs': 'export const handler = () => 7' }, gives: 7 },
  {
    name: 'a default of a local file that says __esModule',
    files: {
      'a.js': "import d from './b.js'; export default d",
      'b.js': 'exports.__esModule = true; exports.default = 8'
    },
    gives: 8
  },
  {
    name: 'top-level await in .js',
    files: {
      'a.js': "import { n } from './n.js'\nexport const handler = await Promise.resolve(n)",
      'n.js': 'export const n = 9'
    },
    gives: 9
  },
  {
    name: 'a neighbour with a top-level await, two steps away, and export *',
    files: {
      'a.ts': "import { x } from './b.ts'\nexport const handler = () => x",
      'b.ts': "export * from './c.mts'",
      'c.mts': 'import y from "./d.cjs"\nexport const x: number = await y()',
      'd.cjs': 'module.exports = async () => 10'
    },
    gives: 10
  },
  {
    name: 'an ES module in TypeScript',
    files: { 'h.ts': 'export const handler = (n: number = 11): number => n' },
    gives: 11
  },
  {
    name: 'module.exports in TypeScript',
    files: { 'i.ts': 'const f = (): number => 12\nmodule.exports = f' },
    gives: 12
  },
  {
    name: 'enum, namespace and parameter properties',
    files: {
      'j.ts': `enum E { A = 6, B }
        namespace N { export const six = E.A }
        class C { constructor(readonly n: number) {} }
        export const handler = () => new C(E.B + N.six).n`
    },
    gives: 13
  },
  {
    name: 'tsconfig paths, no extension, and ./x.js for x.ts',
    files: {
      'functions/n.ts':
        "import { a } from '@lib/a'\nimport { b } from '../lib/b.js'\nimport { c } from '../lib'\nexport default a + b + c",
      'lib/a.ts': 'export const a = 1',
      'lib/b.ts': 'export const b = 2',
      'lib/index.ts': 'export const c = 11',
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } } // comment'
    },
    gives: 14
  },
  {
    name: 'jsconfig baseUrl',
    files: {
      'a.js': "import { n } from 'lib/n'; export default n",
      'lib/n.js': 'export const n = 15',
      'jsconfig.json': '{"compilerOptions":{"baseUrl":"."}}'
    },
    gives: 15
  },
  {
    name: 'JSX with jsxImportSource',
    files: {
      'p.tsx': 'export default <p id="x">hi</p>',
      'tsconfig.json': '{"compilerOptions":{"jsx":"react-jsx","jsxImportSource":"tiny"}}',
      'node_modules/tiny/jsx-runtime.js': 'exports.jsx = (type, props) => type + props.id + props.children'
    },
    gives: 'pxhi'
  },
  {
    name: 'JSX with a pragma',
    files: {
      'p.jsx':
        '/** @jsx h */\nconst h = (type, props, ...children) => type + children\nexport default <p>hi</p>'
    },
    gives: 'phi'
  },
  {
    name: 'JSON without an attribute, and with one',
    files: {
      'a.ts':
        "import d from './d.json'\nimport e from './d.json' with { type: 'json' }\nexport default d.n + e.n",
      'd.json': '{"n":8}'
    },
    gives: 16
  },
  {
    name: 'text',
    files: {
      'a.js': "import t from './t.txt'\nimport h from './h.html'\nexport default t + h + require('./q.sql')",
      't.txt': 'text ',
      'h.html': '<p> ',
      'q.sql': 'select 1'
    },
    gives: 'text <p> select 1'
  },
  {
    name: 'import = require() and export =',
    files: {
      'r.ts': "import n = require('./n')\nexport = { handler: () => n.n }",
      'n.ts': 'export const n = 17'
    },
    gives: 17
  },
  {
    name: 'require and export in one file',
    files: { 'k.js': "const { n } = require('./n')\nexport default () => n", 'n.js': 'exports.n = 18' },
    gives: 18
  },
  {
    name: 'import and module.exports in one file',
    files: { 'k.js': "import { n } from './n.js'\nmodule.exports = () => n", 'n.js': 'exports.n = 19' },
    gives: 19
  },
  {
    name: 'export and exports.x in one file',
    files: { 'k.js': 'export const a = 1\nexports.handler = 20' },
    gives: 20
  },
  {
    name: 'standard decorators',
    files: {
      'q.ts':
        'const add = (v: any) => function (this: any) { return v.call(this) + 1 }\nclass A { @add n() { return 20 } }\nexport default () => new A().n()'
    },
    gives: 21
  },
  {
    name: 'experimentalDecorators',
    files: {
      'q.ts':
        'const log: number[] = []\nfunction p(_: any, __: any, i: number) { log.push(i) }\nclass A { n(a: any, @p b: any) {} }\nexport default log.length === 1 ? 22 : A',
      'tsconfig.json': '{"compilerOptions":{"experimentalDecorators":true}}'
    },
    gives: 22
  },
  {
    name: 'the names of both module systems',
    files: {
      'sub/all [id]+x.ts': `import { basename } from 'node:path'
        import { fileURLToPath } from 'node:url'
        const same = [import.meta.filename === __filename, import.meta.dirname === __dirname,
          fileURLToPath(import.meta.url) === __filename, typeof require, typeof module, typeof exports]
        export default basename(__dirname) + same.join()`
    },
    gives: 'subtrue,true,true,function,object,object'
  },
  {
    name: 'names of the scope declared anew',
    files: {
      'a.mjs': `import { createRequire } from 'node:module'
        import { dirname } from 'node:path'
        const require = createRequire(import.meta.url)
        const __filename = 'mine', __dirname = dirname('/x/y'), module = 1, exports = 2
        class Response {}
        export default require('./d.json').n + __dirname`,
      'd.json': '{"n":23}'
    },
    gives: '23/x'
  },
  {
    name: 'import() of a neighbour, of CommonJS and of a package',
    files: {
      'a.js': `module.exports = async () => {
        const name = './n'
        const [n, c, m] = [await import('./n.ts'), await import(/* why */ './c.cjs'), await import('modern')]
        return [n.default, (await import(name + '.ts')).x, c.default.y, c.y, m.default()].join()
      }`,
      'n.ts': 'export default 1; export const x: number = 2',
      'c.cjs': 'module.exports = { y: 3 }',
      ...packages
    },
    gives: '1,2,3,3,modern'
  },
  {
    name: 'packages: CommonJS, ES module, ES module with a top-level await, and required',
    files: {
      'a.ts': `import old, { named } from 'old'
        import modern, { value } from 'modern'
        import both from 'both'
        import babel, { named as two } from 'babel-like'
        const { default: required } = require('modern')
        export default [old(), named, modern(), value, both, babel, two, required()].join()`,
      ...packages
    },
    gives: 'old,n,modern,modern,both,1,2,modern'
  },
  {
    name: 'the default of a CommonJS package in type: module, as in Node',
    files: {
      'a.js':
        "import babel, { named } from 'babel-like'\nimport both from 'both'\nimport old from 'old'\nexport default babel.default + named + both + old()",
      'package.json': '{"type":"module"}',
      ...packages
    },
    gives: '3bothold'
  },
  {
    name: 'a circle of ES modules',
    files: {
      'a.js': "import { b } from './b.js'\nexport const a = () => 'a'\nexport default () => b()",
      'b.js': "import { a } from './a.js'\nexport const b = () => a() + 'b'"
    },
    gives: 'ab'
  },
  {
    name: 'a circle of CommonJS',
    files: {
      'a.js': "exports.a = 1\nconst { b } = require('./b')\nexports.handler = () => b()",
      'b.js': "const a = require('./a')\nexports.b = () => a.a + 23"
    },
    gives: 24
  },
  {
    name: 'package.json imports and the own name',
    files: {
      'functions/a.js': "import { n } from '#lib'\nimport { m } from 'shop/m'\nexport default n + m",
      'lib.js': 'export const n = 12',
      'm.js': 'export const m = 13',
      'package.json': '{"name":"shop","imports":{"#lib":"./lib.js"},"exports":{"./m":"./m.js"}}'
    },
    gives: 25
  },
  {
    name: 'a require that can not be foreseen, of TypeScript',
    files: {
      'a.js': "const name = './n'\nmodule.exports = () => require(name + '.ts').n",
      'n.ts': 'export const n: number = 26'
    },
    gives: 26
  },
  {
    name: 'an optional package in try and catch',
    files: {
      'a.js': "let x\ntry { x = require('not-there') } catch (error) { x = error.code }\nexports.handler = x"
    },
    gives: 'MODULE_NOT_FOUND'
  },
  {
    name: 'a first line for the shell',
    files: { 'a.js': '#!/usr/bin/env node\nexports.handler = 27' },
    gives: 27
  },
  {
    name: 'a folder with main in package.json',
    files: {
      'a.js': "exports.handler = require('./lib').n",
      'lib/package.json': '{"main":"./src/x"}',
      'lib/src/x.js': 'exports.n = 28'
    },
    gives: 28
  },
  { name: 'this of CommonJS', files: { 'a.js': 'this.handler = this === module.exports && 29' }, gives: 29 },
  {
    name: 'sloppy code',
    files: {
      'a.js': 'exports.handler = (a, a) => 0',
      'b.js': 'exports.handler = function (a, a) { return 30 }'
    },
    entry: 'b.js',
    gives: 30
  },
  {
    name: 'strict code in an ES module',
    files: { 'a.js': 'export default (function () { return this })() === undefined ? 31 : 0' },
    gives: 31
  },
  {
    name: 'words that only look like imports',
    files: { 'a.js': "// import('x')\nexports.handler = \"import('y')\" + { import: (n) => n }.import(3)" },
    gives: "import('y')3"
  }
]

describe('a module form', () => {
  test.each(forms)('$name loads', async ({ files, entry, gives }) => {
    const dir = writeTree(files)
    const loader = createModuleLoader({ dir })
    const exports = (await loader.load(join(dir, entry ?? Object.keys(files)[0] ?? ''))) as Record<
      string,
      unknown
    >
    const found = exports['handler'] ?? exports['default'] ?? exports
    expect(typeof found === 'function' ? await found() : found).toEqual(gives)
  })

  test.each(forms)('$name loads from the cache on disk', async ({ files, entry, gives }) => {
    const dir = writeTree(files)
    const file = join(dir, entry ?? Object.keys(files)[0] ?? '')
    const options = { dir, stateDir: join(dir, '.treeway') }
    const first = createModuleLoader(options)
    await first.load(file)
    await first.close()
    const exports = (await createModuleLoader(options).load(file)) as Record<string, unknown>
    const found = exports['handler'] ?? exports['default'] ?? exports
    expect(typeof found === 'function' ? await found() : found).toEqual(gives)
  })
})
