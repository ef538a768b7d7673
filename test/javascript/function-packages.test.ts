import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { createApp, openApp } from '../../src/app.ts'
import { buildProject } from '../../src/build/build-project.ts'
import { createConfig } from '../../src/config/config.ts'
import { createKeptParts } from '../../src/project/kept-parts.ts'
import { startRegistry } from './package-registry.ts'

type Files = Readonly<Record<string, string>>

/** Packages come from folders of the project, so that nothing is asked of a registry. */
function toPackage(version: string): Files {
  const at = `packages/tiny-${version}`
  return {
    [`${at}/package.json`]: JSON.stringify({
      name: 'tiny',
      version,
      exports: { '.': { import: './index.mjs', require: './index.cjs' }, './deep/*': './deep/*.cjs' },
      dependencies: { base: 'file:../base' }
    }),
    [`${at}/index.mjs`]: `import base from 'base'\nexport const version = '${version}', form = 'import ' + base\n`,
    [`${at}/index.cjs`]: `exports.version = '${version}'\nexports.form = 'require ' + require('base')\n`,
    [`${at}/deep/part.cjs`]: `module.exports = 'part of ${version}'\n`
  }
}

const PACKAGES: Files = {
  ...toPackage('1.0.0'),
  ...toPackage('2.0.0'),
  'packages/base/package.json': '{ "name": "base", "version": "1.0.0" }',
  'packages/base/index.js': "module.exports = 'base'\n",
  'packages/only/package.json':
    '{ "name": "only", "version": "1.0.0", "type": "module", "exports": { "import": "./x.js" } }',
  'packages/only/x.js': "export default 'only'\n"
}

function toList(dependencies: Files, more: object = {}): string {
  return JSON.stringify({ dependencies, ...more })
}

const tiny = (version: string): Files => ({ tiny: `file:../../packages/tiny-${version}` })
const HANDLER = "import { version } from 'tiny'\nexport default async () => version\n"
const GOOD: Files = { 'functions/good.js': "export default async () => 'good'\n" }

const dirs: string[] = []
const apps: FastifyInstance[] = []

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close()
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true })
})

function writeAll(dir: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
}

function create(files: Files): string {
  const dir = mkdtempSync(join(tmpdir(), 'treeway-npm-'))
  dirs.push(dir)
  writeAll(dir, { ...PACKAGES, ...files })
  return dir
}

async function serve(
  dir: string,
  config: object = {}
): Promise<{ app: FastifyInstance; progress: string[] }> {
  const progress: string[] = []
  const onProgress = (text: string): void => void progress.push(text)
  const app = await createApp({ dir, problems: 'serve', onProgress, config })
  apps.push(app)
  return { app, progress }
}

async function ask(app: FastifyInstance, url: string): Promise<string> {
  return (await app.inject(url)).body
}

function listFilesWith(dir: string, text: string): string[] {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map(({ parentPath, name }) => join(parentPath, name))
  return paths.filter((path) => readFileSync(path, 'utf8').includes(text))
}

const countInstalls = (progress: readonly string[]): number =>
  progress.filter((line) => line.startsWith('javascript: installing')).length

describe("a function's package.json", { timeout: 120_000 }, () => {
  it('gives each folder its own version, once for all with the same content, and writes nothing beside it', async () => {
    const dir = create({
      'functions/a/get.js': HANDLER,
      'functions/a/package.json': toList(tiny('1.0.0')),
      'functions/b/get.js': HANDLER,
      'functions/b/package.json': toList(tiny('2.0.0')),
      'functions/c/get.js':
        "import { version } from './lib/_helper.js'\nexport default async () => version\n",
      'functions/c/lib/_helper.js': "exports.version = require('tiny').version + ' by a helper'\n",
      'functions/c/package.json': toList(tiny('1.0.0'), { scripts: { postinstall: 'exit 1' } }),
      'functions/d/get.js': "export default async () => 'd'\n",
      'functions/d/package.json': '{ "type": "module" }'
    })
    const { app, progress } = await serve(dir)
    expect(app.treeway.problems).toEqual([])
    expect(await Promise.all(['/a', '/b', '/c', '/d'].map((url) => ask(app, url)))).toEqual([
      ...['1.0.0', '2.0.0', '1.0.0 by a helper', 'd']
    ])
    expect(countInstalls(progress)).toBe(2)
    const made = readdirSync(dir, { recursive: true }).map(String)
    expect(made.filter((name) => !name.startsWith('.treeway') && name.includes('node_modules'))).toEqual([])
    expect((await serve(dir)).progress).toEqual([])
  })

  it('has packages of all forms, by import, require, import() and #name', async () => {
    const dir = create({
      'functions/a/package.json': toList(
        { ...tiny('1.0.0'), only: 'file:../../packages/only' },
        { imports: { '#tiny': 'tiny', '#own': './_own.js' } }
      ),
      'functions/a/_own.js': "export default 'own'\n",
      'functions/a/esm.js': `import only from 'only'
import part from 'tiny/deep/part'
import { version } from '#tiny'
import own from '#own'
export default async () => {
  const { form } = await import('tiny')
  return [only, part, version, own, form, import.meta.resolve('tiny').includes('.treeway/npm')]
}
`,
      'functions/a/cjs.cjs': `const { form } = require('tiny')
const where = require.resolve('tiny/deep/part').includes('/node_modules/tiny/deep/')
exports.handler = () => [form, where]
`
    })
    const { app } = await serve(dir)
    expect(app.treeway.problems).toEqual([])
    expect(JSON.parse(await ask(app, '/a/esm'))).toEqual([
      ...['only', 'part of 1.0.0', '1.0.0', 'own', 'import base', true]
    ])
    expect(JSON.parse(await ask(app, '/a/cjs'))).toEqual(['require base', true])
  })

  it('is not installed where a node_modules has what it asks for', async () => {
    const inModules = (version: string): Files => ({
      'package.json': JSON.stringify({ name: 'tiny', version }),
      'index.js': `exports.version = '${version}, there already'\n`
    })
    const at = (folder: string, files: Files): Files =>
      Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]))
    const dir = create({
      'package.json': toList({ missing: '1.0.0' }),
      ...at('node_modules/tiny', inModules('1.5.0')),
      'functions/above/get.js': HANDLER,
      'functions/above/package.json': toList({ tiny: '^1.0.0' }),
      'functions/beside/get.js': HANDLER,
      'functions/beside/package.json': toList({ tiny: '^3.0.0' }),
      ...at('functions/beside/node_modules/tiny', inModules('3.1.0')),
      'functions/other/get.js': HANDLER,
      'functions/other/package.json': toList(tiny('2.0.0'))
    })
    const { app, progress } = await serve(dir)
    expect(await Promise.all(['/above', '/beside', '/other'].map((url) => ask(app, url)))).toEqual([
      ...['1.5.0, there already', '3.1.0, there already', '2.0.0']
    ])
    expect(countInstalls(progress)).toBe(1)
  })

  it('that can not be installed is a problem of the routes below it, with the words of npm', async () => {
    const dir = create({
      ...GOOD,
      'functions/bad/get.js': HANDLER,
      'functions/bad/deep/get.js': "export default async () => 'deep'\n",
      'functions/bad/package.json': toList({ tiny: 'file:../../packages/nowhere' }),
      'functions/broken/get.js': "export default async () => 'broken'\n",
      'functions/broken/package.json': '{ "dependencies": '
    })
    const { app } = await serve(dir)
    const problems = app.treeway.problems.map(({ code, file }) => [code, file])
    expect(problems.toSorted()).toEqual([
      ['TREEWAY_INSTALL_FAILED', 'functions/bad/deep/get.js'],
      ['TREEWAY_INSTALL_FAILED', 'functions/bad/get.js'],
      ['TREEWAY_INSTALL_FAILED', 'functions/broken/get.js']
    ])
    expect(app.treeway.problems.find(({ file }) => file === 'functions/bad/get.js')?.frame).toMatch(/nowhere/)
    const { statusCode, body } = await app.inject('/bad')
    expect([statusCode, body]).toEqual([500, expect.stringContaining('TREEWAY_INSTALL_FAILED')])
    expect(await ask(app, '/good')).toBe('good')
  })

  it('is not installed with --frozen, and not by what only reads', async () => {
    const dir = create({
      ...GOOD,
      'functions/a/get.js': HANDLER,
      'functions/a/package.json': toList(tiny('1.0.0'))
    })
    const { app, progress } = await serve(dir, { frozen: true })
    expect(app.treeway.problems).toMatchObject([
      { code: 'TREEWAY_INSTALL_FROZEN', file: 'functions/a/get.js' }
    ])
    expect(await ask(app, '/a')).toContain('TREEWAY_INSTALL_FROZEN')
    expect(await ask(app, '/good')).toBe('good')
    const reading = await openApp({ dir, problems: 'serve', config: createConfig(dir) }, { isOnlyRead: true })
    apps.push(reading.app)
    expect(reading.app.treeway.problems).toMatchObject([{ severity: 'warning', file: 'functions/a/get.js' }])
    expect(progress).toEqual([])
    expect(existsSync(join(dir, '.treeway/npm'))).toBe(false)
    await serve(dir)
    expect(await ask((await serve(dir, { frozen: true })).app, '/a')).toBe('1.0.0')
  })

  it('is installed anew when it, or a local package, changes; other modules are kept', async () => {
    const dir = create({
      'functions/a/get.js': HANDLER,
      'functions/a/package.json': toList(tiny('1.0.0')),
      'functions/n.js': 'let n = 0\nexport default async () => String(++n)\n'
    })
    const config = createConfig(dir)
    const kept = createKeptParts(config)
    const open = async (): Promise<FastifyInstance> => {
      const { app } = await openApp({ dir, problems: 'serve', config }, { kept, isReloadable: true })
      apps.push(app)
      return app
    }
    const first = await open()
    expect([await ask(first, '/a'), await ask(first, '/n')]).toEqual(['1.0.0', '1'])
    writeAll(dir, { 'packages/tiny-1.0.0/index.cjs': "exports.version = '1.0.0, edited'\n" })
    const second = await open()
    expect([await ask(second, '/a'), await ask(second, '/n')]).toEqual(['1.0.0, edited', '2'])
    writeAll(dir, { 'functions/a/package.json': toList(tiny('2.0.0')) })
    kept.unload(['functions/a/package.json'])
    expect(await ask(await open(), '/a')).toBe('2.0.0')
    await kept.close()
  })

  it('is installed as its lock has it, from the registry that .npmrc names', async () => {
    const registry = await startRegistry(['1.0.0', '1.1.0'])
    const handler = "import { version, made } from 'pinned'\nexport default async () => [version, made]\n"
    const { resolved, integrity } = registry.toTarball('1.0.0')
    const locked = { version: '1.0.0', resolved, integrity, hasInstallScript: true }
    const toLock = (dependencies: Files, more: object): string =>
      JSON.stringify({
        lockfileVersion: 3,
        requires: true,
        packages: { '': { dependencies }, 'node_modules/pinned': locked, ...more }
      })
    const pinned = { pinned: '^1.0.0' }
    const withLocal = { ...pinned, only: 'file:../../packages/only' }
    const link = {
      '../../packages/only': { name: 'only', version: '1.0.0' },
      'node_modules/only': { resolved: '../../packages/only', link: true }
    }
    const dir = create({
      'functions/free/get.js': handler,
      'functions/free/package.json': toList(pinned),
      'functions/locked/get.js': handler,
      'functions/locked/package.json': toList(pinned),
      'functions/locked/package-lock.json': toLock(pinned, {}),
      'functions/local/get.js': handler,
      'functions/local/package.json': toList(withLocal),
      'functions/local/package-lock.json': toLock(withLocal, link),
      'functions/apart/get.js': handler,
      'functions/apart/package.json': toList({ pinned: '1.1.0' }),
      'functions/apart/package-lock.json': toLock(pinned, {})
    })
    const { host } = new URL(registry.url)
    const token = `//${host}/:_authToken=sesame`
    writeAll(dir, { '.npmrc': `registry=${registry.url}\ncache=${join(dir, '.cache')}\n${token}\n` })
    const { app } = await serve(dir)
    const answers = await Promise.all(['/free', '/locked', '/local'].map((url) => ask(app, url)))
    expect(answers).toEqual(['["1.1.0",1]', '["1.0.0",1]', '["1.0.0",1]'])
    // a lock that says something else than the list
    expect(app.treeway.problems).toMatchObject([
      { code: 'TREEWAY_INSTALL_FAILED', file: 'functions/apart/get.js' }
    ])
    expect(new Set(registry.tokens)).toEqual(new Set(['Bearer sesame']))
    const made = readdirSync(join(dir, '.treeway/npm'), { recursive: true }).map(String)
    expect(made.filter((name) => name.endsWith('.npmrc') && !name.includes('node_modules'))).toEqual([])
    await registry.close()
  })

  it('is in a build, which answers elsewhere and installs nothing', async () => {
    const dir = create({
      'functions/a/get.js': HANDLER,
      'functions/a/package.json': toList(tiny('1.0.0')),
      'functions/b/get.js': "exports.handler = () => require('tiny').version\n",
      'functions/b/package.json': toList(tiny('2.0.0'))
    })
    const outDir = join(create({}), 'app')
    await buildProject({ config: createConfig(dir), outDir })
    expect(listFilesWith(outDir, dir)).toEqual([])
    rmSync(dir, { recursive: true })
    const { app, progress } = await serve(outDir)
    expect([await ask(app, '/a'), await ask(app, '/b'), progress]).toEqual(['1.0.0', '2.0.0', []])
  })

  it('refuses a build that can not install it, with nothing but that', async () => {
    const dir = create({
      'functions/a/get.js': HANDLER,
      'functions/a/package.json': toList({ tiny: 'file:../../packages/nowhere' })
    })
    const building = buildProject({ config: createConfig(dir), outDir: join(dir, 'out') })
    const problems = [{ code: 'TREEWAY_INSTALL_FAILED', file: 'functions/a/get.js' }]
    await expect(building).rejects.toMatchObject({ code: 'TREEWAY_TREE_REFUSED', problems })
    expect(existsSync(join(dir, 'out'))).toBe(false)
  })
})
