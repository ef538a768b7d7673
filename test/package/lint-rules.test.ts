import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Once more, and not read from the configuration: this is what it must hold. Files of src/ end in .ts. */
const ROWS = [
  ['cli', 'index.ts', 'client.ts', 'plugin.ts', 'fastify.ts', 'testing.ts'],
  ['dev', 'start', 'build'],
  ['app.ts'],
  ['project'],
  ['server'],
  ['languages', 'assets', 'openapi', 'metrics', 'types'],
  ['conventions', 'handlers', 'compat', 'files'],
  ['routes', 'config'],
  ['errors.ts']
]
const FOLDERS = ROWS.flat().filter((name) => !name.endsWith('.ts'))
const TARGETS = ROWS.flat().filter((name) => name !== 'index.ts')

/** A file that breaks one rule, in a place where it holds; and, where there is one, a place where it does not. */
const FAULTS: Readonly<Record<string, { code: string; bad: string; good?: string }>> = {
  'eslint(max-lines)': {
    code: '\n'.repeat(300) + 'export const a = 1\n',
    bad: 'src/routes/long.ts',
    good: 'src/routes/long.test.ts'
  },
  'eslint(max-lines-per-function)': {
    code: `export function long(): void {\n${'  ;[]\n'.repeat(60)}}\n`,
    bad: 'src/routes/a.ts',
    good: 'test/a.test.ts'
  },
  'eslint(max-params)': {
    code: 'export function a(b: 1, c: 1, d: 1, e: 1) {\n  return [b, c, d, e]\n}\n',
    bad: 'src/routes/b.ts',
    good: 'src/compat/b.ts'
  },
  'eslint(max-depth)': {
    code: 'export function a(b: boolean) {\n  if (b) { if (b) { if (b) { if (b) { return b } } } }\n}\n',
    bad: 'src/routes/c.ts'
  },
  'eslint(no-console)': { code: 'console.log(1)\n', bad: 'src/server/a.ts', good: 'src/cli/a.ts' },
  'eslint(no-eval)': {
    code: "eval('1')\n",
    bad: 'src/routes/d.ts',
    good: 'src/languages/javascript/compile-module.ts'
  },
  'eslint(no-warning-comments)': { code: '// TODO later\nexport const a = 1\n', bad: 'src/routes/e.ts' },
  'eslint(eqeqeq)': { code: 'export const isA = (b: unknown) => b == 1\n', bad: 'src/routes/f.ts' },
  'unicorn(no-process-exit)': { code: 'process.exit(1)\n', bad: 'src/server/b.ts', good: 'bin/b.js' },
  'unicorn(filename-case)': {
    code: 'export const a = 1\n',
    bad: 'src/routes/readTree.ts',
    good: 'examples/[userId].ts'
  },
  'unicorn(prefer-node-protocol)': { code: "import fs from 'fs'\nexport { fs }\n", bad: 'src/routes/g.ts' },
  'import(no-default-export)': { code: 'export default 1\n', bad: 'src/routes/h.ts', good: 'src/fastify.ts' },
  'import(no-cycle)': {
    code: "import { b } from './cycle-b.ts'\nexport const a = () => b\n",
    bad: 'src/routes/cycle-a.ts'
  },
  'typescript(no-explicit-any)': { code: 'export const a = (b: any) => b\n', bad: 'src/routes/i.ts' },
  'typescript(no-non-null-assertion)': { code: 'export const a = (b?: 1) => b!\n', bad: 'src/routes/j.ts' },
  'typescript(ban-ts-comment)': { code: '// @ts-ignore\nexport const a = 1\n', bad: 'src/routes/k.ts' },
  'typescript(consistent-type-imports)': {
    code: "import { A } from './a.ts'\nexport type B = A\n",
    bad: 'src/routes/l.ts'
  },
  'typescript(consistent-type-assertions)': {
    code: 'export const a = (b: unknown) => b as string\n',
    bad: 'examples/a/b.ts',
    good: 'src/routes/o.ts'
  },
  'eslint(no-restricted-imports)': { code: "import './routes/a.ts'\n", bad: 'src/errors.ts' },
  'vitest(no-focused-tests)': {
    code: "import { test } from 'vitest'\ntest.only('a', () => {})\n",
    bad: 'test/b.test.ts'
  }
}

/** Who may touch what of the world, and nobody else. */
const OWNED: readonly { code: string; owners: readonly string[] }[] = [
  { code: 'export const a = process.env', owners: ['config'] },
  { code: 'process.exitCode = 1', owners: ['cli'] },
  { code: "process.stdout.write('')", owners: ['cli'] },
  { code: "process.on('SIGTERM', () => {})", owners: ['dev', 'start'] },
  {
    code: "import { spawn } from 'node:child_process'\nspawn('ls')",
    owners: ['languages', 'start', 'build']
  },
  { code: "import { watch } from 'chokidar'\nwatch('.')", owners: ['files'] },
  {
    code: "import { readdir } from 'node:fs/promises'\nawait readdir('.')",
    owners: ['files', 'languages', 'cli', 'build']
  },
  { code: "import fastify from 'fastify'\nfastify()", owners: ['compat'] },
  { code: "import { env } from 'node:process'\nexport const a = env", owners: [] }
]

interface Found {
  readonly file: string
  readonly code: string
  readonly line: number
}

let dir: string
let found: readonly Found[]

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'treeway-lint-'))
  write('.oxlintrc.json', readFileSync(join(ROOT, '.oxlintrc.json'), 'utf8'))
  write('src/routes/cycle-b.ts', "import { a } from './cycle-a.ts'\nexport const b = () => a\n")
  for (const { code, bad, good } of Object.values(FAULTS))
    for (const file of [bad, good]) if (file) write(file, code)
  for (const folder of FOLDERS) writeProbes(folder)
  write('src/app.ts', toImports('./'))
  found = await lint()
}, 60_000)

afterAll(() => {
  rmSync(dir, { recursive: true, force: true })
})

function writeProbes(folder: string): void {
  write(`src/${folder}/probe.ts`, toImports('../'))
  write(`src/${folder}/inner/probe.ts`, toImports('../../'))
  OWNED.forEach(({ code }, i) => write(`src/${folder}/owned-${i}.ts`, `${code}\n`))
}

/** An import for each target, one on a line, types included: those count as well. */
function toImports(up: string): string {
  return TARGETS.map(
    (name, i) => `import type { A as A${i} } from '${up}${name.endsWith('.ts') ? name : `${name}/a.ts`}'`
  ).join('\n')
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(dir, file)), { recursive: true })
  writeFileSync(join(dir, file), text)
}

async function lint(): Promise<Found[]> {
  const oxlint = join(ROOT, 'node_modules/.bin/oxlint')
  const text = await new Promise<string>((resolve) => {
    execFile(oxlint, ['-f', 'json'], { cwd: dir, maxBuffer: 64 << 20 }, (_error, stdout) => resolve(stdout))
  })
  const { diagnostics } = JSON.parse(text) as {
    diagnostics: { filename: string; code: string; labels: { span: { line: number } }[] }[]
  }
  return diagnostics.map(({ filename, code, labels }) => ({
    file: filename,
    code,
    line: labels[0]?.span.line ?? 0
  }))
}

function listFound(file: string, code: string | RegExp): readonly Found[] {
  return found.filter(
    (each) => each.file === file && (typeof code === 'string' ? each.code === code : code.test(each.code))
  )
}

interface LintConfig {
  createLintConfig(): unknown
  toText(value: unknown): string
}

test('.oxlintrc.json is what .ci/lint-config.mjs makes', async () => {
  const { createLintConfig, toText }: LintConfig = await import(join(ROOT, '.ci/lint-config.mjs'))
  expect(readFileSync(join(ROOT, '.oxlintrc.json'), 'utf8')).toBe(`${toText(createLintConfig())}\n`)
})

test('every folder of src/ has its row', () => {
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory()
  )
  expect(FOLDERS).toEqual(expect.arrayContaining(folders.map((entry) => entry.name)))
})

describe('a rule finds what it is there for', () => {
  test.each(Object.entries(FAULTS))('%s', (code, { bad, good }) => {
    expect(listFound(bad, code)).toHaveLength(1)
    if (good) expect(listFound(good, code)).toEqual([])
  })
})

describe('imports go only down the rows', () => {
  test.each(
    FOLDERS.flatMap(
      (folder) =>
        [
          [`src/${folder}/probe.ts`, folder],
          [`src/${folder}/inner/probe.ts`, folder]
        ] as const
    )
  )('%s', (file, folder) => {
    const lines = listFound(file, 'eslint(no-restricted-imports)').map((each) => TARGETS[each.line - 1])
    expect(lines.toSorted()).toEqual(listForbidden(folder).toSorted())
  })

  test('src/app.ts', () => {
    const lines = listFound('src/app.ts', 'eslint(no-restricted-imports)').map(
      (each) => TARGETS[each.line - 1]
    )
    expect(lines).toEqual(['cli', 'dev', 'start', 'build'])
  })

  function listForbidden(folder: string): string[] {
    const row = ROWS.findIndex((names) => names.includes(folder))
    return ROWS.slice(0, row + 1)
      .flat()
      .filter((name) => name !== folder && TARGETS.includes(name))
  }
})

describe('each contact with the world has its owner', () => {
  test.each(OWNED.map(({ code, owners }, i) => [code.split('\n')[0] ?? '', owners, i] as const))(
    '%s: %j',
    (_code, owners, i) => {
      const allowed = FOLDERS.filter(
        (folder) => listFound(`src/${folder}/owned-${i}.ts`, /no-restricted/).length === 0
      )
      expect(allowed.toSorted()).toEqual([...owners].toSorted())
    }
  )
})

/** oxlint has no rule for it. What names its module in a text is our own code, loaded when it is needed. */
test('import() of what is not known is left to languages/javascript/', () => {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts')
  )
  const importing = sources.filter((name) =>
    /(?<!typeof )\bimport\((?!['"])/.test(withoutComments(readFileSync(join(ROOT, 'src', name), 'utf8')))
  )
  expect(
    importing.filter((name) => !name.startsWith('languages/javascript/') && !name.endsWith('.test.ts'))
  ).toEqual([])
  expect(importing).not.toEqual([])
})

function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
}
