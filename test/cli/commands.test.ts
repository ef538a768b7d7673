import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createProject, runTreeway } from './run-treeway.ts'
import type { Project } from './run-treeway.ts'

let project: Project

beforeEach(() => {
  project = createProject({
    'functions/index.js': 'export default () => "home"',
    'functions/users/[id].js': 'export const handler = (event, { id }) => id',
    'functions/users/me.js': 'export const handler = () => "me"',
    'functions/_db.js': 'export const db = 1'
  })
})

afterEach(() => {
  project.remove()
})

describe('help', () => {
  test.each([[[]], [['help']], [['--help']]])('%j lists the commands, exit code 0', async (args) => {
    const { code, stdout, stderr } = await runTreeway(args)
    expect([code, stderr]).toEqual([0, ''])
    for (const name of ['dev', 'start', 'build', 'routes', 'check', 'init'])
      expect(stdout).toContain(`\n  ${name} `)
    expect(stdout).toContain('Exit codes:')
  })

  test.each(['dev', 'start', 'build', 'routes', 'check', 'init'])(
    'of %s has usage and examples',
    async (name) => {
      const { code, stdout } = await runTreeway([name, '--help'])
      expect(code).toBe(0)
      expect(stdout).toContain(`Usage: treeway ${name} [options] [dir]`)
      expect(stdout).toMatch(/\nExamples:\n {2}treeway /)
    }
  )

  test('the version is that of the package', async () => {
    const { stdout } = await runTreeway(['--version'])
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    expect(stdout).toBe(`${version}\n`)
  })
})

describe('wrong usage ends with exit code 2 and a guess', () => {
  test.each([
    [['dev', '--prot', '1'], "Unknown option '--prot'.", 'Did you mean --port?'],
    [['rotes'], "Unknown command 'rotes'.", 'Did you mean routes?'],
    [['dev', '--port', 'abc'], 'It must be a whole number from 0 to 65535.', 'treeway help'],
    [['start', '--log-level', 'wran'], 'Did you mean "warn"?', 'treeway help'],
    [['routes', 'no/such/folder'], 'There is no directory', 'treeway init'],
    [['routes', '--explain', 'users'], '"users" is not a request.', "--explain 'GET /users/42'"]
  ])('%j', async (args, message, fix) => {
    const { code, stdout, stderr } = await runTreeway(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^error TREEWAY_USAGE: The command line is not valid\n/)
    expect(stderr).toContain(message)
    expect(stderr).toContain(fix)
  })
})

describe('routes', () => {
  test('shows the table, and what is not served', async () => {
    const { code, stdout, stderr } = await runTreeway(['routes', project.dir])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^METHOD +URL +FILE +LANGUAGE +STYLE\n/)
    expect(stdout).toMatch(/\nGET +\/users\/:id +functions\/users\/\[id\]\.js +javascript +event\n/)
    expect(stdout).toContain('functions/_db.js  its name begins with _')
    expect(stdout).toMatch(/\n3 routes: 3 javascript\n$/)
  })

  test('gives JSON and nothing else', async () => {
    const { stdout } = await runTreeway(['routes', '--json'], { cwd: project.dir })
    const json = JSON.parse(stdout) as { routes: { url: string; file: string }[]; problems: unknown[] }
    expect(json.problems).toEqual([])
    expect(json.routes.map(({ url }) => url).sort()).toEqual(['/', '/users/:id', '/users/me'])
  })

  test('never shows the values of fn.env.json', async () => {
    project.write({ 'functions/users/fn.env.json': '{"TOKEN":{"value":"hunter2","is_secret":true}}' })
    const { stdout } = await runTreeway(['routes', '--json'], { cwd: project.dir })
    expect(stdout).toContain('"TOKEN"')
    expect(stdout).not.toContain('hunter2')
  })

  test('explains which file answers and who lost', async () => {
    const { code, stdout } = await runTreeway(['routes', '--explain', 'get /users/me?x=1'], {
      cwd: project.dir
    })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^GET \/users\/me: functions\/users\/me\.js\nwins .*\n.*\nloses .*\[id\]\.js\n/)
  })

  test('a request that nothing answers is exit code 1', async () => {
    const { code, stdout } = await runTreeway(['routes', '--explain', 'POST /users/me'], { cwd: project.dir })
    expect(code).toBe(1)
    expect(stdout).toMatch(/^POST \/users\/me: 405/)
  })

  test('loads no Fastify', async () => {
    const { stderr } = await runTreeway(['routes', project.dir], { env: { NODE_DEBUG: 'module,esm' } })
    expect(stderr).toContain('commander')
    expect(stderr).not.toContain('node_modules/fastify/')
  })
})

describe('check', () => {
  test('a sound tree is exit code 0', async () => {
    expect(await runTreeway(['check', project.dir])).toEqual({
      code: 0,
      stdout: 'No problems.\n',
      stderr: ''
    })
  })

  test('shows what is wrong, in colour where that is asked for, and ends with 1', async () => {
    project.write({
      'functions/fn.config.json': '{\n  "timeout_mss": 1\n}',
      'treeway.config.json': '{"prot":1}'
    })
    const { code, stdout } = await runTreeway(['check', project.dir], { env: { FORCE_COLOR: '1' } })
    expect(code).toBe(1)
    expect(stdout).toContain('\u001b[31merror\u001b[39m')
    expect(stdout).toContain('Did you mean "timeout_ms"?')
    expect(stdout).toContain('Did you mean "port"?')
    expect(stdout).toContain('functions/fn.config.json:2:3')
    expect(stdout).toContain('2 |   "timeout_mss": 1')
    expect(stdout).toMatch(/2 errors\n$/)
  })

  test('gives the problems as JSON', async () => {
    project.write({ 'functions/users/[a-b].js': 'export const handler = () => 1' })
    const { code, stdout } = await runTreeway(['check', '--json', project.dir])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, problems: [{ code: 'TREEWAY_NAME_INVALID' }] })
  })
})

describe('init', () => {
  test.each([
    ['js', 'functions/notes/post.js'],
    ['ts', 'functions/notes.ts']
  ])('writes a %s tree without a problem', async (template, file) => {
    const { code, stdout } = await runTreeway(['init', 'my shop', '--template', template], {
      cwd: project.dir
    })
    const dir = join(project.dir, 'my shop')
    expect(code).toBe(0)
    expect(stdout).toContain(`wrote ${file}\n`)
    expect(existsSync(join(dir, '.gitignore'))).toBe(true)
    expect(JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))).toMatchObject({ name: 'my-shop' })
    expect(await runTreeway(['check', dir])).toMatchObject({ code: 0, stdout: 'No problems.\n' })
  })

  test('writes over nothing', async () => {
    project.write({ 'README.md': 'mine' })
    const { code, stderr } = await runTreeway(['init', '--yes'], { cwd: project.dir })
    expect(code).toBe(1)
    expect(stderr).toContain('README.md')
    expect(readFileSync(join(project.dir, 'README.md'), 'utf8')).toBe('mine')
    expect(existsSync(join(project.dir, 'package.json'))).toBe(false)
  })
})
