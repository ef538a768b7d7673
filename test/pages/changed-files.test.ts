import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { createProject, startTreeway } from '../cli/run-treeway.ts'
import { serveTree } from './serve-tree.ts'

const FILES = {
  'functions/api.js': `export const onRequest = () => new Response('function')`,
  'functions/page/[id].js': `export const onRequest = ({ env, request }) => env.ASSETS.fetch(new URL('/hot.txt', request.url))`,
  'functions/next.js': `export const onRequest = ({ next }) => next('/hot.txt')`,
  'functions/under/_middleware.js': `export const onRequest = ({ next }) => next()`,
  'public/hot.txt': 'one',
  'public/index.html': 'home',
  'public/404.html': 'missing',
  'public/under/hot.txt': 'one',
  'public/gone.txt': 'here',
  'public/link.txt': 'link'
}

interface Served {
  readonly url: string
  readonly dir: string
  stop(): Promise<unknown>
}

const modes: Readonly<Record<string, () => Promise<Served>>> = {
  createApp: () => serveTree(FILES),
  start: () => startCli(['start', '--workers', '2'], /(http:\/\/127\S+)/),
  dev: () => startCli(['dev'], /Local\s+(http:\S+)/)
}

async function startCli(args: readonly string[], ready: RegExp): Promise<Served> {
  const project = createProject(FILES)
  const cli = startTreeway([...args, '--port', '0'], { cwd: project.dir })
  const [, url = ''] = await cli.waitFor(ready)
  return {
    url,
    dir: project.dir,
    async stop() {
      await cli.stop()
      project.remove()
    }
  }
}

let served: Served | undefined
afterEach(async () => {
  await served?.stop()
  served = undefined
})

async function read(path: string): Promise<string> {
  const answer = await fetch(new URL(path, served?.url), { redirect: 'manual' })
  return `${answer.status} ${answer.headers.get('location') ?? (await answer.text())}`
}

function write(file: string, content: string): void {
  const path = join(served?.dir ?? '', file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

/** Often enough that it comes from memory, in every process. */
async function warm(path: string, answer: string): Promise<void> {
  for (let i = 0; i < 20; i++) expect(await read(path)).toBe(answer)
}

/** What is asked a second after the change, or later, must be right. */
async function expectSoon(path: string, wanted: string): Promise<void> {
  const deadline = performance.now() + 1000
  for (let isLast = false; ;) {
    const answer = await read(path)
    if (answer === wanted && isLast) return
    if (isLast) expect.fail(`${path} is still ${answer}, not ${wanted}`)
    isLast = performance.now() >= deadline
    if (!isLast) await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe.each(Object.entries(modes))('a static file in %s', (_mode, start) => {
  test('is served anew within a second: changed, new, removed, renamed, from memory too', async () => {
    served = await start()
    const { dir } = served
    for (const path of ['/hot.txt', '/under/hot.txt', '/page/1', '/next']) await warm(path, '200 one')
    await warm('/new.txt', '404 missing')
    await warm('/gone.txt', '200 here')
    await warm('/', '200 home')

    write('public/hot.txt', 'two')
    write('public/under/hot.txt', 'two')
    write('public/new.txt', 'new')
    write('public/index.html', 'another home')
    write('public/404.html', 'not here')
    rmSync(join(dir, 'public/gone.txt'))
    await Promise.all([
      ...['/hot.txt', '/under/hot.txt', '/page/1', '/next'].map((path) => expectSoon(path, '200 two')),
      expectSoon('/new.txt', '200 new'),
      expectSoon('/gone.txt', '404 not here'),
      expectSoon('/', '200 another home')
    ])

    // of the same length, in the place of another
    write('public/hot.next', 'six')
    renameSync(join(dir, 'public/hot.next'), join(dir, 'public/hot.txt'))
    rmSync(join(dir, 'public/404.html'))
    await Promise.all([expectSoon('/hot.txt', '200 six'), expectSoon('/page/1', '200 six')])
    expect(await read('/gone.txt')).toMatch(/^404 \{/)
  }, 60_000)
})

describe('a control file in dev', () => {
  const soon = { timeout: 10_000, interval: 20 }

  test('holds when it comes, changes, is wrong and goes', async () => {
    served = await modes['dev']?.()
    const { dir = '' } = served ?? {}
    const header = async (): Promise<string | null> =>
      (await fetch(new URL('/hot.txt', served?.url))).headers.get('x-a')
    await warm('/hot.txt', '200 one')

    write('public/_headers', '/*\n  X-A: one\n')
    await expect.poll(header, soon).toBe('one')
    write('public/_headers', '/*\n  X-A: two\n')
    await expect.poll(header, soon).toBe('two')
    write('public/_headers', 'X-A: no path before it\n')
    await expect.poll(header, soon).toBe(null)
    expect(await read('/hot.txt')).toBe('200 one')

    write('public/_redirects', '/old /hot.txt 301\n')
    await expect.poll(() => read('/old'), soon).toBe('301 /hot.txt')
    write('public/_redirects', '/old /other 308\n')
    await expect.poll(() => read('/old'), soon).toBe('308 /other')
    rmSync(join(dir, 'public/_redirects'))
    await expect.poll(() => read('/old'), soon).toBe('404 missing')

    write('public/_routes.json', '{ "version": 1, "include": ["/nothing"], "exclude": [] }')
    await expect.poll(() => read('/api'), soon).toBe('404 missing')
    write('public/_routes.json', '{ "version": 1, "include": ["/api*"], "exclude": [] }')
    await expect.poll(() => read('/api'), soon).toBe('200 function')
    expect(await read('/next')).toBe('404 missing')
    rmSync(join(dir, 'public/_routes.json'))
    await expect.poll(() => read('/next'), soon).toBe('200 one')
  }, 60_000)
})
