import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createProject, startTreeway } from '../cli/run-treeway.ts'
import type { Project, Running } from '../cli/run-treeway.ts'

const COUNTER = 'let count = 0\nexport default async () => String(++count)\n'

let project: Project | undefined
let cli: Running | undefined

afterEach(async () => {
  expect((await cli?.stop())?.code).toBe(0)
  project?.remove()
})

async function serve(tree: Record<string, string>): Promise<{ url: string; project: Project }> {
  project = createProject(tree)
  cli = startTreeway(['dev', '--port', '0'], { cwd: project.dir })
  const [, url = ''] = await cli.waitFor(/Local\s+(http:\S+)/)
  return { url, project }
}

async function ask(url: string): Promise<string> {
  return await (await fetch(url)).text()
}

async function waitForBody(url: string, wanted: string): Promise<void> {
  await expect.poll(() => ask(url), { timeout: 10_000, interval: 10 }).toBe(wanted)
}

describe('a new app', () => {
  it('goes on with the modules that did not change', async () => {
    const { url, project: tree } = await serve({ 'functions/count.js': COUNTER })
    expect(await ask(`${url}/count`)).toBe('1')
    tree.write({ 'functions/other.js': 'export default async () => "other"\n' })
    await waitForBody(`${url}/other`, 'other')
    expect(await ask(`${url}/count`)).toBe('2')
    rmSync(join(tree.dir, 'functions/other.js'))
    await expect.poll(async () => (await fetch(`${url}/other`)).status, { timeout: 10_000 }).toBe(404)
    expect(await ask(`${url}/count`)).toBe('3')
  })

  it('has modules of its own where a plugin can close what they hold', async () => {
    const { url, project: tree } = await serve({
      'lib/pool.js': 'export const pool = { isOpen: true }\n',
      'functions/+pool.js':
        "import { pool } from '../lib/pool.js'\nexport default async (app) => app.addHook('onClose', async () => { pool.isOpen = false })\n",
      'functions/pool.js':
        "import { pool } from '../lib/pool.js'\nexport default async () => pool.isOpen ? 'open' : 'closed'\n"
    })
    expect(await ask(`${url}/pool`)).toBe('open')
    for (const name of ['one', 'two']) {
      tree.write({ [`functions/${name}.js`]: `export default async () => "${name}"\n` })
      await waitForBody(`${url}/${name}`, name)
      // The app before closes in its own time, which is after this when it is wrong.
      for (let i = 0; i < 50; i++) expect(await ask(`${url}/pool`)).toBe('open')
    }
    rmSync(join(tree.dir, 'functions/+pool.js'))
    await cli?.waitFor(/reloaded functions\/\+pool\.js/)
    for (let i = 0; i < 50; i++) expect(await ask(`${url}/pool`)).toBe('open')
  })

  it('leaves nothing of the one before', async () => {
    const { url, project: tree } = await serve({
      'functions/+note.js':
        "import { setFlagsFromString } from 'node:v8'\nimport { runInNewContext } from 'node:vm'\n" +
        "setFlagsFromString('--expose-gc')\nglobalThis.collect ??= runInNewContext('gc')\nglobalThis.apps ??= []\n" +
        'export default async (app) => { globalThis.apps.push(new WeakRef(app), new WeakRef(app.server)) }\n',
      // Before the collection, another turn: what this one has touched is held until it ends.
      'functions/apps.js':
        'export default async () => {\n  await new Promise(setImmediate)\n  globalThis.collect()\n' +
        '  const isThere = globalThis.apps.map((app) => app.deref() !== undefined)\n  return isThere.join()\n}\n'
    })
    const gone: string[] = []
    await waitForBody(`${url}/apps`, 'true,true')
    for (const name of ['one', 'two', 'three']) {
      tree.write({ [`functions/${name}.js`]: `export default async () => "${name}"\n` })
      gone.push('false,false')
      await waitForBody(`${url}/apps`, [...gone, 'true,true'].join())
    }
  })

  it('sees another environment, in the folder that it is for', async () => {
    const { url, project: tree } = await serve({
      'functions/a/get.js': 'const name = process.env.NAME\nexport default async () => String(name)\n',
      'functions/b/get.js': COUNTER
    })
    expect(await ask(`${url}/a`)).toBe('undefined')
    expect(await ask(`${url}/b`)).toBe('1')
    tree.write({ 'functions/a/fn.env.json': '{ "NAME": "one" }' })
    await waitForBody(`${url}/a`, 'one')
    tree.write({ 'functions/a/fn.env.json': '{ "NAME": "two" }' })
    await waitForBody(`${url}/a`, 'two')
    expect(await ask(`${url}/b`)).toBe('2')
  })

  it('sees what another file hands on', async () => {
    const { url, project: tree } = await serve({
      'functions/a.js': "export * from '../lib/handlers.js'\n",
      'lib/handlers.js': 'export const GET = () => new Response("got")\n'
    })
    const post = async (): Promise<number> => (await fetch(`${url}/a`, { method: 'POST' })).status
    expect(await ask(`${url}/a`)).toBe('got')
    expect(await post()).toBe(405)
    tree.write({
      'lib/handlers.js':
        'export const GET = () => new Response("got")\nexport const POST = () => new Response("put", { status: 201 })\n'
    })
    await expect.poll(post, { timeout: 10_000 }).toBe(201)
  })

  it('imports what an import means now', async () => {
    const { url, project: tree } = await serve({
      'functions/a.ts': "import { name } from '../lib/name'\nexport default async () => name\n",
      'lib/name/index.ts': "export const name = 'folder'\n"
    })
    expect(await ask(`${url}/a`)).toBe('folder')
    tree.write({ 'lib/name.ts': "export const name = 'file'\n" })
    await waitForBody(`${url}/a`, 'file')
    rmSync(join(tree.dir, 'lib/name.ts'))
    await waitForBody(`${url}/a`, 'folder')
  })

  it('runs everything anew where the configuration is another', async () => {
    const { url, project: tree } = await serve({ 'functions/count.js': COUNTER, '.env': 'A=1\n' })
    expect(await ask(`${url}/count`)).toBe('1')
    expect(await ask(`${url}/count`)).toBe('2')
    tree.write({ '.env': 'A=2\n' })
    await waitForBody(`${url}/count`, '1')
  })
})

describe('an app that goes on', () => {
  it('takes in what its handlers import, and keeps the state of the others', async () => {
    const { url, project: tree } = await serve({
      'functions/count.js': COUNTER,
      'functions/a.js': "import { name } from '../lib/name.js'\nexport default async () => name\n",
      'lib/name.js': "export { name } from './deep.js'\n",
      'lib/deep.js': "export const name = 'one'\n",
      'functions/+plugin.js':
        'export default async (app) => app.decorate("apps", (globalThis.apps = (globalThis.apps ?? 0) + 1))\n',
      'functions/apps.js': 'export default async (request) => String(request.server.apps)\n'
    })
    expect(await ask(`${url}/count`)).toBe('1')
    for (const name of ['two', 'three', 'four']) {
      tree.write({ 'lib/deep.js': `export const name = '${name}'\n` })
      await waitForBody(`${url}/a`, name)
    }
    expect(await ask(`${url}/count`)).toBe('2')
    expect(await ask(`${url}/apps`)).toBe('1')
  })
})
