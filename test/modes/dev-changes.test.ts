import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createProject, startTreeway } from '../cli/run-treeway.ts'
import type { Project, Running } from '../cli/run-treeway.ts'
import { startLoad } from './load.ts'

const toHandler = (text: string): string => `export default async () => ${JSON.stringify(text)}\n`

let project: Project | undefined
let cli: Running | undefined

afterEach(async () => {
  expect((await cli?.stop())?.code).toBe(0)
  project?.remove()
})

async function start(tree: Project): Promise<string> {
  project = tree
  cli = startTreeway(['dev', '--port', '0'], { cwd: tree.dir })
  return (await cli.waitFor(/Local\s+(http:\S+)/))[1] ?? ''
}

async function serve(files: Record<string, string>): Promise<{ url: string; tree: Project }> {
  const tree = createProject(files)
  return { url: await start(tree), tree }
}

async function ask(url: string): Promise<string> {
  return await (await fetch(url)).text()
}

async function askStatus(url: string): Promise<number> {
  return (await fetch(url)).status
}

async function waitForBody(url: string, wanted: string): Promise<void> {
  await expect.poll(() => ask(url), { timeout: 15_000, interval: 10 }).toBe(wanted)
}

async function waitForStatus(url: string, wanted: number): Promise<void> {
  await expect.poll(() => askStatus(url), { timeout: 15_000, interval: 10 }).toBe(wanted)
}

/** How often the tree was reloaded since the last `forget`. */
function countReloads(): number {
  return cli?.stderr().match(/^reloaded /gm)?.length ?? 0
}

describe('another branch', () => {
  /** Each branch has a side of its own in each of many files. */
  function toBranch(name: string): Record<string, string> {
    const parts = Array.from({ length: 40 }, (_, i) => `lib/part-${i}.js`)
    const imports = parts.map((file, i) => `import { side as s${i} } from '../${file}'`)
    return {
      ...Object.fromEntries(parts.map((file) => [file, `export const side = '${name}'\n`])),
      'functions/sides.js': `${imports.join('\n')}\nexport default async () => [...new Set([${parts.map((_, i) => `s${i}`).join(', ')}])].join(' ')\n`,
      [`functions/only/${name}/list.js`]: toHandler(name)
    }
  }

  it('is one consistent reload', async () => {
    const tree = createProject({ ...toBranch('one'), '.gitignore': '.treeway/\n' })
    const git = (...args: string[]): void => {
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], {
        cwd: tree.dir,
        stdio: 'pipe'
      })
    }
    git('init', '--quiet', '--initial-branch', 'one')
    git('add', '.')
    git('commit', '--quiet', '--message', 'one')
    git('checkout', '--quiet', '-b', 'two')
    rmSync(join(tree.dir, 'functions/only'), { recursive: true })
    tree.write(toBranch('two'))
    git('add', '.')
    git('commit', '--quiet', '--message', 'two')
    const url = await start(tree)
    const seen = new Set<string>()
    const load = startLoad({ url: `${url}/sides`, connections: 4, onBody: (body) => seen.add(body) })
    for (const name of ['one', 'two', 'one', 'two', 'one']) {
      const other = name === 'one' ? 'two' : 'one'
      git('checkout', '--quiet', name)
      await waitForBody(`${url}/sides`, name)
      await waitForBody(`${url}/only/${name}/list`, name)
      expect(await askStatus(`${url}/only/${other}/list`)).toBe(404)
    }
    const { failures, statuses } = await load.stop()
    expect(failures).toEqual([])
    expect([...statuses.keys()]).toEqual([200])
    expect([...seen].sort()).toEqual(['one', 'two'])
  }, 120_000)
})

describe('a burst of saves', () => {
  it('is one reload', async () => {
    const files = Array.from({ length: 20 }, (_, i) => `functions/f${i}.js`)
    const { url, tree } = await serve(Object.fromEntries(files.map((file) => [file, toHandler('old')])))
    for (const text of ['a', 'b', 'c', 'new'])
      for (const file of files) tree.write({ [file]: toHandler(text) })
    await waitForBody(`${url}/f19`, 'new')
    for (let i = 0; i < files.length; i++) expect(await ask(`${url}/f${i}`)).toBe('new')
    tree.write({ 'functions/last.js': toHandler('last') })
    await waitForBody(`${url}/last`, 'last')
    await cli?.waitFor(/reloaded functions\/last\.js/)
    // A writer that the system puts aside in the middle makes two of it.
    expect(countReloads()).toBeLessThanOrEqual(3)
  })
})

describe('a file or folder that goes and returns', () => {
  it('may do so as editors save: moved away, written anew', async () => {
    const { url, tree } = await serve({ 'functions/a.js': toHandler('one') })
    const file = join(tree.dir, 'functions/a.js')
    const load = startLoad({ url: `${url}/a`, connections: 2 })
    for (const text of ['two', 'three']) {
      renameSync(file, `${file}~`)
      writeFileSync(file, toHandler(text))
      rmSync(`${file}~`)
      await waitForBody(`${url}/a`, text)
    }
    const { failures, statuses } = await load.stop()
    expect(failures).toEqual([])
    expect([...statuses.keys()]).toEqual([200])
  })

  it('may be moved away and back, or to another name', async () => {
    const { url, tree } = await serve({
      'functions/shop/list.js': toHandler('list'),
      'functions/a.js': toHandler('a')
    })
    renameSync(join(tree.dir, 'functions/shop'), join(tree.dir, 'away'))
    await waitForStatus(`${url}/shop/list`, 404)
    renameSync(join(tree.dir, 'away'), join(tree.dir, 'functions/shop'))
    await waitForBody(`${url}/shop/list`, 'list')
    renameSync(join(tree.dir, 'functions/shop'), join(tree.dir, 'functions/store'))
    await waitForBody(`${url}/store/list`, 'list')
    await waitForStatus(`${url}/shop/list`, 404)
  })

  it('may be the whole tree', async () => {
    const { url, tree } = await serve({ 'functions/a.js': toHandler('a'), 'package.json': '{}' })
    renameSync(join(tree.dir, 'functions'), join(tree.dir, 'gone'))
    await waitForStatus(`${url}/a`, 404)
    renameSync(join(tree.dir, 'gone'), join(tree.dir, 'functions'))
    await waitForBody(`${url}/a`, 'a')
  })
})

describe('without a restart', () => {
  it('boot files take effect', async () => {
    const { url, tree } = await serve({
      'functions/a.js': 'export default async (request) => request.server.mark ?? "none"\n'
    })
    expect(await ask(`${url}/a`)).toBe('none')
    tree.write({ 'boot/mark.js': 'export default async (app) => app.decorate("mark", "one")\n' })
    await waitForBody(`${url}/a`, 'one')
    tree.write({ 'boot/mark.js': 'export default async (app) => app.decorate("mark", "two")\n' })
    await waitForBody(`${url}/a`, 'two')
    rmSync(join(tree.dir, 'boot'), { recursive: true })
    await waitForBody(`${url}/a`, 'none')
  })

  it('an edited plugin and middleware take effect, and what they import', async () => {
    const { url, tree } = await serve({
      'lib/mark.js': 'export const mark = "one"\n',
      'functions/+mark.js':
        "import { mark } from '../lib/mark.js'\nexport default async (app) => app.addHook('onSend', async (q, r) => { r.header('x-plugin', mark) })\n",
      'functions/_middleware.js':
        "import { mark } from '../lib/mark.js'\nexport const onRequest = async ({ next }) => { const r = await next(); r.headers.set('x-middleware', mark); return r }\n",
      'functions/a.js': 'export const onRequest = () => new Response("a")\n'
    })
    const marks = async (): Promise<string> => {
      const { headers } = await fetch(`${url}/a`)
      return `${headers.get('x-plugin')} ${headers.get('x-middleware')}`
    }
    expect(await marks()).toBe('one one')
    tree.write({ 'lib/mark.js': 'export const mark = "two"\n' })
    await expect.poll(marks, { timeout: 15_000 }).toBe('two two')
    rmSync(join(tree.dir, 'functions/_middleware.js'))
    await expect.poll(marks, { timeout: 15_000 }).toBe('two null')
  })

  it('_routes.json and static files take effect', async () => {
    const { url, tree } = await serve({ 'functions/a.js': toHandler('function'), 'public/b.txt': 'one' })
    expect(await ask(`${url}/b.txt`)).toBe('one')
    tree.write({ 'public/b.txt': 'two' })
    await waitForBody(`${url}/b.txt`, 'two')
    tree.write({ 'public/_routes.json': '{ "version": 1, "include": ["/other/*"], "exclude": [] }' })
    await waitForStatus(`${url}/a`, 404)
    tree.write({ 'public/_routes.json': '{ "version": 1, "include": ["/*"], "exclude": [] }' })
    await waitForBody(`${url}/a`, 'function')
    rmSync(join(tree.dir, 'public/_routes.json'))
    tree.write({ 'public/_headers': '/b.txt\n  x-mark: yes\n' })
    await expect
      .poll(async () => (await fetch(`${url}/b.txt`)).headers.get('x-mark'), { timeout: 15_000 })
      .toBe('yes')
  })

  it('treeway.config.ts and .env take effect', async () => {
    const { url, tree } = await serve({
      'functions/a.js': 'export const onRequest = ({ env }) => new Response(env.NAME ?? "none")\n'
    })
    expect(await ask(`${url}/a`)).toBe('none')
    tree.write({ '.env': 'NAME=one\n' })
    await waitForBody(`${url}/a`, 'one')
    tree.write({ '.env': 'NAME=two\n' })
    await waitForBody(`${url}/a`, 'two')
    tree.write({ 'treeway.config.ts': 'export default { trees: [{ dir: "functions", prefix: "/api" }] }\n' })
    await waitForBody(`${url}/api/a`, 'two')
    expect(await askStatus(`${url}/a`)).toBe(404)
    rmSync(join(tree.dir, 'treeway.config.ts'))
    await waitForBody(`${url}/a`, 'two')
  })
})

describe('what lasts longer than a reload', () => {
  it('is a stream, which ends on the app that it began on', async () => {
    const { url, tree } = await serve({
      'functions/stream.js': `
        import { setTimeout } from 'node:timers/promises'
        import { existsSync } from 'node:fs'
        export const onRequest = () => new Response(new ReadableStream({
          async start(controller) {
            controller.enqueue(new TextEncoder().encode('old begins '))
            while (!existsSync(new URL('../stop', import.meta.url))) await setTimeout(5)
            controller.enqueue(new TextEncoder().encode('old ends'))
            controller.close()
          }
        }))\n`
    })
    const { body } = await fetch(`${url}/stream`)
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader?.read())?.value).toBe('old begins ')
    tree.write({
      'functions/stream.js': 'export const onRequest = () => new Response("new")\n',
      'functions/b.js': toHandler('b')
    })
    await waitForBody(`${url}/b`, 'b')
    expect(await ask(`${url}/stream`)).toBe('new')
    tree.write({ stop: '' })
    expect((await reader?.read())?.value).toBe('old ends')
    expect((await reader?.read())?.done).toBe(true)
  })

  it('is a web socket, which its own app closes in order', async () => {
    const websocket = pathToFileURL(createRequire(import.meta.url).resolve('@fastify/websocket')).href
    const toRoute = (name: string): string =>
      `export const options = { websocket: true }\nexport default (socket) => { socket.on('message', () => socket.send('${name}')) }\n`
    const { url, tree } = await serve({
      'boot/websocket.js': `import websocket from '${websocket}'\nexport default async (app) => { await app.register(websocket) }\n`,
      'functions/echo.js': toRoute('old'),
      'functions/a.js': toHandler('a')
    })
    const open = async (): Promise<WebSocket> => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/echo`)
      await once(socket, 'open')
      return socket
    }
    const talk = async (socket: WebSocket): Promise<string> => {
      socket.send('?')
      return String((await once(socket, 'message'))[0])
    }
    const first = await open()
    expect(await talk(first)).toBe('old')
    const closed = once(first, 'close')
    tree.write({ 'functions/echo.js': toRoute('new'), 'functions/b.js': toHandler('b') })
    await waitForBody(`${url}/b`, 'b')
    const [code] = await closed
    expect(code).not.toBe(1006)
    const second = await open()
    expect(await talk(second)).toBe('new')
    second.close()
  })
})
