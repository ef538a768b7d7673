import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createProject, startTreeway } from '../cli/run-treeway.ts'
import type { Project, Running } from '../cli/run-treeway.ts'
import { startLoad } from './load.ts'

const HANDLER = `import { left } from '../lib/left.ts'
import { right } from '../lib/right.ts'
export default async () => ({ left, right })
`

let project: Project | undefined
let cli: Running | undefined

afterEach(async () => {
  await cli?.stop('SIGKILL')
  project?.remove()
})

/** `left` and `right` both come from one file: an answer in which they differ is of half a reload. */
function toLib(version: number): Record<string, string> {
  return { 'lib/version.ts': `export const version = ${version}\n` }
}

const TREE = {
  'functions/pair.ts': HANDLER,
  'lib/left.ts': "export { version as left } from './version.ts'\n",
  'lib/right.ts': "export { version as right } from './version.ts'\n",
  ...toLib(0)
}

async function serve(tree: Record<string, string>): Promise<{ url: string; project: Project }> {
  project = createProject(tree)
  cli = startTreeway(['dev', '--port', '0'], { cwd: project.dir })
  const [, url = ''] = await cli.waitFor(/Local\s+(http:\S+)/)
  return { url, project }
}

async function waitForBody(url: string, wanted: string): Promise<void> {
  await expect.poll(async () => (await fetch(url)).text(), { timeout: 10_000, interval: 5 }).toBe(wanted)
}

describe('dev', () => {
  it('loses no request and mixes no answer through 200 reloads under load, 40 of them of a new app', async () => {
    const { url, project: tree } = await serve(TREE)
    const mixed: string[] = []
    const onBody = (body: string): void => {
      const { left, right } = JSON.parse(body) as { left: number; right: number }
      if (left !== right) mixed.push(body)
    }
    const load = startLoad({ url: `${url}/pair`, connections: 8, onBody })
    for (let version = 1; version <= 200; version++) {
      tree.write(toLib(version))
      if (version % 10 === 0) tree.write({ 'functions/other.ts': 'export default async () => "other"\n' })
      if (version % 10 === 5) rmSync(join(tree.dir, 'functions/other.ts'), { force: true })
      await waitForBody(`${url}/pair`, JSON.stringify({ left: version, right: version }))
    }
    const report = await load.stop()
    expect(report.failures).toEqual([])
    expect([...report.statuses.keys()]).toEqual([200])
    expect(mixed).toEqual([])
    expect(cli?.stderr().match(/^reloaded /gm)?.length).toBeGreaterThanOrEqual(200)
  }, 180_000)

  it('takes in what an editor writes by rename', async () => {
    const { url, project: tree } = await serve({ 'functions/a.js': 'export default async () => "one"\n' })
    const file = join(tree.dir, 'functions/a.js')
    writeFileSync(`${file}~`, 'export default async () => "two"\n')
    renameSync(`${file}~`, file)
    await waitForBody(`${url}/a`, 'two')
  })

  it('follows a folder that is added, goes and comes back', async () => {
    const { url, project: tree } = await serve({ 'functions/a.js': 'export default async () => "a"\n' })
    const status = async (): Promise<number> => (await fetch(`${url}/shop/list`)).status
    expect(await status()).toBe(404)
    mkdirSync(join(tree.dir, 'functions/shop'))
    tree.write({ 'functions/shop/list.js': 'export default async () => "list"\n' })
    await expect.poll(status, { timeout: 10_000 }).toBe(200)
    rmSync(join(tree.dir, 'functions/shop'), { recursive: true })
    await expect.poll(status, { timeout: 10_000 }).toBe(404)
    tree.write({ 'functions/shop/list.js': 'export default async () => "again"\n' })
    await expect.poll(status, { timeout: 10_000 }).toBe(200)
  })

  it('takes in options, fn.config.json, plugins and middleware', async () => {
    const { url, project: tree } = await serve({ 'functions/a/get.js': 'exports.handler = () => "a"\n' })
    const ask = async (): Promise<string> => {
      const answer = await fetch(`${url}/a`)
      return `${answer.status} ${answer.headers.get('x-mark') ?? ''}`.trim()
    }
    expect(await ask()).toBe('200')
    tree.write({ 'functions/a/fn.config.json': '{ "invoke": { "allow_hosts": ["other.example"] } }' })
    await expect.poll(ask, { timeout: 10_000 }).toBe('421')
    tree.write({ 'functions/a/fn.config.json': '{}' })
    await expect.poll(ask, { timeout: 10_000 }).toBe('200')
    tree.write({
      'functions/_middleware.js':
        'export const onRequest = async ({ next }) => { const r = await next(); r.headers.set("x-mark", "mw"); return r }\n'
    })
    await expect.poll(ask, { timeout: 10_000 }).toBe('200 mw')
    rmSync(join(tree.dir, 'functions/_middleware.js'))
    tree.write({
      'functions/+mark.js':
        'export default async (s) => { s.addHook("onSend", async (q, r) => { r.header("x-mark", "plugin") }) }\n'
    })
    await expect.poll(ask, { timeout: 10_000 }).toBe('200 plugin')
  })

  it('serves the rest while a file is broken, says where, and is well again when it is mended', async () => {
    const { url, project: tree } = await serve({
      'functions/a.ts': 'export default async () => "a"\n',
      'functions/b.ts': 'export default async () => "b"\n'
    })
    tree.write({ 'functions/a.ts': 'export default async () => (\n' })
    await cli?.waitFor(/functions\/a\.ts:\d+/)
    await expect.poll(async () => (await fetch(`${url}/a`)).status, { timeout: 10_000 }).toBe(500)
    expect(await (await fetch(`${url}/b`)).text()).toBe('b')
    tree.write({ 'functions/a.ts': 'export default async () => "mended"\n' })
    await waitForBody(`${url}/a`, 'mended')
  })
})
