import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

interface Manifest {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | { types: string; default: string }>>
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest

/** What a user writes with each of the entries; every line must type-check and run. */
const CONSUMER = `
import { createApp, defineConfig, TreewayError } from 'treeway'
import type { Config, EventContext, HandlerEvent, Problem, Route, RouteTable } from 'treeway'
import treeway from 'treeway/plugin'
import Fastify from 'treeway/fastify'
import type { FastifyInstance } from 'treeway/fastify'
import { startTestServer } from 'treeway/testing'
import type { PagesFunction } from 'treeway/pages'

export const config = defineConfig({ port: 8080 })
export const names = (table: RouteTable): readonly string[] => table.routes.map((route: Route) => route.file)
export const greet = (event: HandlerEvent): string => event.path
export const onRequest = (context: EventContext): Response => new Response(context.functionPath)
export const onRequestGet: PagesFunction<{ KEY: string }, 'id'> = ({ env, params }) => Response.json([env.KEY, params.id])
export const fixes = (error: TreewayError): string[] => error.problems.map((problem: Problem) => problem.fix)
export const portOf = (given: Config): number => given.port

const app: FastifyInstance = Fastify()
await app.register(treeway, { dir: 'project', prefix: '/tree' })
console.log((await app.inject('/tree/hello')).body)
await app.close()

const own = await createApp({ dir: 'project' })
console.log(own.treeway.table.routes.length)
await own.close()

const server = await startTestServer({ dir: 'project' })
console.log(await (await server.fetch('/hello')).text())
await server.close()
`

describe('the package', () => {
  let dir: string
  let files: readonly string[]

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'treeway-pack-'))
    files = await installPacked(dir)
    write('consumer.ts', CONSUMER)
    write('project/functions/hello.js', "export const handler = () => 'hello'")
    write('package.json', '{ "type": "module" }')
    write(
      'tsconfig.json',
      JSON.stringify({ compilerOptions: { ...STRICT, outDir: 'out' }, include: ['consumer.ts'] })
    )
  }, 120_000)

  afterAll(() => {
    rmSync(dir, { recursive: true, force: true })
  })

  function write(file: string, text: string): void {
    mkdirSync(dirname(join(dir, file)), { recursive: true })
    writeFileSync(join(dir, file), text)
  }

  test.each([
    ...['bin/treeway.js', 'dist/index.js', 'dist/index.d.ts', 'dist/cli/run-cli.js', 'README.md', 'LICENSE'],
    ...[
      'schemas/fn.config.schema.json',
      'workers/python/main.py',
      'templates/typescript/_package.json',
      'docs/routing.md'
    ]
  ])('holds %s', (file) => {
    expect(files).toContain(file)
  })

  test('holds no tests, sources or caches', () => {
    const unwanted = /\.test\.|\.spec\.|\/tests?\/|__pycache__|^src\/|^test\/|^bench\/|^examples\/|^\.|\.log$/
    expect(files.filter((file) => unwanted.test(file))).toEqual([])
  })

  test('holds the file of every export', () => {
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? target : Object.values(target)
    )
    expect(files).toEqual(expect.arrayContaining(targets.map((target) => target.replace('./', ''))))
  })

  test('has types for every export, and runs with nothing but its dependencies', async () => {
    await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', dir], { cwd: dir })
    const { stdout } = await run(process.execPath, ['out/consumer.js'], { cwd: dir })
    expect(stdout).toBe('hello\n1\nhello\n')
  }, 60_000)

  test('has a command that works where it is installed', async () => {
    const bin = join(dir, 'node_modules/treeway/bin/treeway.js')
    expect((await run(process.execPath, [bin, '--version'])).stdout).toBe(`${manifest.version}\n`)
    const { stdout } = await run(process.execPath, [bin, 'routes', 'project'], { cwd: dir })
    expect(stdout).toContain('functions/hello.js')
  })
})

const STRICT = {
  target: 'es2023',
  lib: ['es2023', 'dom', 'dom.iterable'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  strict: true,
  types: ['node'],
  verbatimModuleSyntax: true
}

/** As npm would install it; of the dependencies only those that package.json names, linked. Returns what was packed. */
async function installPacked(dir: string): Promise<string[]> {
  // Without scripts: the build is there already, and other tests are using it.
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', dir], {
    cwd: ROOT
  })
  const packed: unknown = JSON.parse(stdout)
  const [{ filename, files }] = Object.values(packed as object) as [
    { filename: string; files: { path: string }[] }
  ]
  const target = join(dir, 'node_modules/treeway')
  mkdirSync(target, { recursive: true })
  await run('tar', ['-xzf', join(dir, filename), '-C', target, '--strip-components=1'])
  for (const name of [...Object.keys(manifest.dependencies), '@types/node']) {
    mkdirSync(dirname(join(dir, 'node_modules', name)), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), join(dir, 'node_modules', name))
  }
  return files.map(({ path }) => path)
}
