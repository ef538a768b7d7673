import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createProject, runTreeway, startTreeway } from './run-treeway.ts'
import type { Project, RunOptions, Running } from './run-treeway.ts'

let project: Project
const running: Running[] = []
const servers: Server[] = []

beforeEach(() => {
  project = createProject({
    'functions/hello.js': 'export const handler = () => "one"',
    'functions/slow.js': `export const handler = () => new Promise((resolve) => setTimeout(resolve, 400, "slow"))`
  })
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop('SIGKILL')))
  for (const server of servers.splice(0)) server.close()
  project.remove()
})

/** Starts `dev` or `start` on a free port and gives its URL. */
async function serve(
  args: readonly string[],
  options: RunOptions = {}
): Promise<{ url: string; cli: Running }> {
  const cli = startTreeway([...args, '--port', '0'], { cwd: project.dir, ...options })
  running.push(cli)
  const [, url = ''] = await cli.waitFor(/Local +(http:\S+)/)
  return { url, cli }
}

async function ask(url: string): Promise<string> {
  return await (await fetch(url)).text()
}

async function takePort(): Promise<number> {
  const server = createServer()
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

describe('dev', () => {
  test('shows the banner, answers, and prints one line per request', async () => {
    const { url, cli } = await serve(['dev'])
    expect(await ask(`${url}/hello?secret=1`)).toBe('one')
    await cli.waitFor(/Routes +2 routes: 2 javascript/)
    await cli.waitFor(/GET {4}\/hello 200 [\d.]+ ms {2}functions\/hello\.js\n/)
  })

  test('serves a changed file, a new file, and no more a removed one', async () => {
    const { url, cli } = await serve(['dev'])
    expect(await ask(`${url}/hello`)).toBe('one')
    project.write({ 'functions/hello.js': 'export const handler = () => "two"' })
    await cli.waitFor(/reloaded functions\/hello\.js/)
    expect(await ask(`${url}/hello`)).toBe('two')
    project.write({ 'functions/deep/new.js': 'export const handler = () => "new"' })
    await cli.waitFor(/reloaded .*new\.js/)
    expect(await ask(`${url}/deep/new`)).toBe('new')
    cli.forget()
    rmSync(join(project.dir, 'functions/deep'), { recursive: true })
    await cli.waitFor(/reloaded .*new\.js/)
    expect((await fetch(`${url}/deep/new`)).status).toBe(404)
  })

  test('a fault is shown with its line, harms no other route, and goes when it is mended', async () => {
    const { url, cli } = await serve(['dev'])
    project.write({ 'functions/broken.js': 'export const handler = () => {\n  return (\n' })
    await cli.waitFor(/error TREEWAY_SYNTAX[\s\S]*functions\/broken\.js:3:1/)
    expect(await ask(`${url}/hello`)).toBe('one')
    expect((await fetch(`${url}/broken`)).status).toBe(500)
    project.write({ 'functions/broken.js': 'export const handler = () => "mended"' })
    await cli.waitFor(/no problems any more/)
    expect(await ask(`${url}/broken`)).toBe('mended')
  })

  test('a request that is under way ends on the app that it began on', async () => {
    const { url, cli } = await serve(['dev'])
    const slow = ask(`${url}/slow`)
    project.write({ 'functions/slow.js': 'export const handler = () => "quick"' })
    await cli.waitFor(/reloaded functions\/slow\.js/)
    expect(await ask(`${url}/slow`)).toBe('quick')
    expect(await slow).toBe('slow')
  })

  test('no request is lost while the app is replaced again and again', async () => {
    const { url, cli } = await serve(['dev'])
    const statuses = new Set<number>()
    let isDone = false
    const asking = (async () => {
      while (!isDone) statuses.add((await fetch(`${url}/hello`)).status)
    })()
    for (const word of ['a', 'b', 'c', 'd', 'e']) {
      cli.forget()
      project.write({ 'functions/hello.js': `export const handler = () => "${word}"` })
      await cli.waitFor(/reloaded functions\/hello\.js/)
    }
    isDone = true
    await asking
    expect([...statuses]).toEqual([200])
    expect(await ask(`${url}/hello`)).toBe('e')
  })

  test('what a handler throws after its answer does not end the server', async () => {
    project.write({
      'functions/late.js':
        'export const handler = () => { setTimeout(() => { throw new Error("late") }); return 1 }'
    })
    const { url, cli } = await serve(['dev'])
    await ask(`${url}/late`)
    await cli.waitFor(/A handler threw after its request[\s\S]*Error: late[\s\S]*functions\/late\.js:1/)
    expect(await ask(`${url}/hello`)).toBe('one')
  })

  test('reads .env and options, and again when they change', async () => {
    project.write({
      '.env': 'WORD=first\nHIDDEN=no\n',
      'treeway.config.json': '{"env":["WORD"]}',
      'functions/env.js': 'export const handler = (event) => JSON.stringify(event.env)'
    })
    const { url, cli } = await serve(['dev'])
    await cli.waitFor(/Options +treeway\.config\.json, \.env/)
    expect(JSON.parse(await ask(`${url}/env`))).toEqual({ WORD: 'first' })
    project.write({ '.env': 'WORD=second\n' })
    await cli.waitFor(/reloaded \.env/)
    expect(JSON.parse(await ask(`${url}/env`))).toEqual({ WORD: 'second' })
  })

  test('reads options in TypeScript', async () => {
    project.write({
      'treeway.config.ts': 'const port: number = 1\nexport default { port, host: "localhost" }'
    })
    const { url } = await serve(['dev'])
    expect(new URL(url).hostname).toBe('localhost')
    expect(await ask(`${url}/hello`)).toBe('one')
  })

  test('says who holds a taken port and takes the next', async () => {
    const port = await takePort()
    const cli = startTreeway(['dev', '--port', String(port)], { cwd: project.dir })
    running.push(cli)
    const holder = process.platform === 'linux' ? ` by .+ \\(process ${process.pid}\\)` : ''
    await cli.waitFor(new RegExp(`Port ${port} is taken${holder}; trying ${port + 1}`))
    const [, url = ''] = await cli.waitFor(/Local +(http:\S+)/)
    expect(await ask(`${url}/hello`)).toBe('one')
  })

  test('refuses a taken port with --strict-port', async () => {
    const port = await takePort()
    const { code, stderr } = await runTreeway(['dev', '--strict-port', '--port', String(port)], {
      cwd: project.dir
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error TREEWAY_PORT_TAKEN: /)
  })

  test('ends with 130 on Ctrl-C, also where a handler has left a timer', async () => {
    project.write({ 'functions/timer.js': 'setInterval(() => {}, 1000)\nexport const handler = () => 1' })
    const { url, cli } = await serve(['dev'])
    await ask(`${url}/timer`)
    expect(await cli.stop('SIGINT')).toMatchObject({ code: 130, stdout: '' })
  })
})

describe('start', () => {
  test('answers, and SIGTERM lets a request in flight end', async () => {
    const { url, cli } = await serve(['start', '--log-level', 'info'])
    const slow = ask(`${url}/slow`)
    await expect.poll(() => cli.child.exitCode ?? logged(cli, '/slow')).toBe(true)
    const startedAt = performance.now()
    const finished = cli.stop('SIGTERM')
    expect(await slow).toBe('slow')
    expect(await finished).toMatchObject({ code: 0 })
    // A kept connection does not make it wait for the grace period.
    expect(performance.now() - startedAt).toBeLessThan(5000)
  })

  test('refuses a tree with a problem, and names it', async () => {
    project.write({ 'functions/hello.ts': 'export const handler = () => "other"' })
    const { code, stderr } = await runTreeway(['start', '--port', '0'], { cwd: project.dir })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error TREEWAY_ROUTE_CONFLICT: /)
    expect(stderr).toContain('error TREEWAY_TREE_REFUSED: ')
  })

  test('refuses an unknown option, wherever it is said', async () => {
    project.write({ 'treeway.config.js': 'export default { prot: 1 }' })
    const env = { TREEWAY_HSOT: 'x' }
    const { code, stderr } = await runTreeway(['start', '--port', '0'], { cwd: project.dir, env })
    expect(code).toBe(1)
    expect(stderr).toContain('"prot" is not a known option, in treeway.config.js.')
    expect(stderr).toContain('Did you mean "TREEWAY_HOST"?')
  })

  test('refuses a taken port', async () => {
    const port = await takePort()
    const { code, stderr } = await runTreeway(['start', '--port', String(port)], { cwd: project.dir })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error TREEWAY_PORT_TAKEN: The port is taken\n {2}Port \d+ is taken/)
  })

  test('refuses an address that this machine does not have', async () => {
    const { code, stderr } = await runTreeway(['start', '--port', '0', '--host', '192.0.2.1'], {
      cwd: project.dir
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error TREEWAY_LISTEN_FAILED: /)
  })

  test('does not read .env', async () => {
    project.write({
      '.env': 'WORD=file\n',
      'functions/env.js': 'export const handler = (event) => JSON.stringify(event.env)'
    })
    const { url } = await serve(['start', '--env', 'WORD'])
    expect(JSON.parse(await ask(`${url}/env`))).toEqual({})
  })
})

/** The request has reached the app: its log line is on stdout. */
function logged(cli: Running, path: string): boolean {
  return cli.stdout().includes(`"url":"${path}"`)
}
