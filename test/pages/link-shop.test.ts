import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runTreeway, startTreeway } from '../cli/run-treeway.ts'
import { serveDir, waitUntil } from './serve-tree.ts'

/** TypeScript with global types, path aliases, enums and a plugin: built, checked, and run in every mode. */
const TREE = fileURLToPath(new URL('trees/link-shop', import.meta.url))
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const KEY = { 'x-admin-key': 'open-sesame' }

let dir: string
let tree: Awaited<ReturnType<typeof serveDir>>

beforeAll(async () => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'treeway-links-')))
  cpSync(TREE, dir, { recursive: true })
  mkdirSync(join(dir, 'node_modules'))
  symlinkSync(ROOT, join(dir, 'node_modules/treeway'))
  tree = await serveDir(dir, { problems: 'serve' })
})

afterAll(async () => {
  await tree.stop()
  rmSync(dir, { recursive: true, force: true })
})

async function add(body: unknown): Promise<Response> {
  return tree.fetch('/api/links', { method: 'POST', body: JSON.stringify(body) })
}

test('its types fit, without Cloudflare\u2019s', { timeout: 60_000 }, async () => {
  const tsc = join(ROOT, 'node_modules/.bin/tsc')
  const said = await promisify(execFile)(tsc, ['-p', dir], { cwd: dir }).then(
    () => '',
    (error: { stdout: string }) => error.stdout
  )
  expect(said).toBe('')
})

test('it is a tree without problems', async () => {
  const { code, stdout, stderr } = await runTreeway(['check', dir])
  expect([code, stdout + stderr]).toEqual([0, expect.stringContaining('No problems')])
})

describe('links', () => {
  test('are made, followed, counted and removed', async () => {
    const added = await add({ code: 'docs', target: 'https://docs.example/a?b' })
    expect([added.status, added.headers.get('location'), added.headers.get('x-site')]).toEqual([
      201,
      `${tree.url}/docs`,
      'links'
    ])
    const followed = await tree.fetch('/docs')
    expect([followed.status, followed.headers.get('location')]).toEqual([302, 'https://docs.example/a?b'])
    await waitUntil(async () => (await (await tree.fetch('/api/links/docs/visits')).text()) === '1')
    expect(await (await tree.fetch('/api/links/docs')).json()).toMatchObject({ code: 'docs', visits: 1 })
    expect((await tree.fetch('/api/links/docs', { method: 'DELETE' })).status).toBe(204)
    expect((await tree.fetch('/docs')).status).toBe(404)
  })

  test('that are none are refused by what was thrown below', async () => {
    expect(await (await add({ target: 'no url' })).json()).toEqual({
      error: 'The body is not what this takes'
    })
    await add({ code: 'once', target: 'https://a.example' })
    const taken = await add({ code: 'once', target: 'https://a.example' })
    expect([taken.status, await taken.json()]).toEqual([409, { error: 'once is taken' }])
    const missing = await tree.fetch('/api/links/none')
    expect([missing.status, await missing.json()]).toEqual([404, { error: 'No link none' }])
  })

  test('leave pages alone', async () => {
    expect(await (await tree.fetch('/about')).text()).toContain('About')
    expect(await (await tree.fetch('/')).text()).toContain('Links')
    const missing = await tree.fetch('/nothing')
    expect([missing.status, await missing.text()]).toEqual([404, expect.stringContaining('Not here')])
  })
})

describe('the admin\u2019s folder', () => {
  test('needs the key', async () => {
    for (const path of ['/admin/report', '/admin', '/admin/none']) {
      expect((await tree.fetch(path)).status, path).toBe(403)
    }
  })

  test('fills a static page', async () => {
    const report = await tree.fetch('/admin/report', { headers: KEY })
    expect(report.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await report.text()).toContain('<p>For admin</p><table>')
  })

  test('takes a file', async () => {
    const body = new FormData()
    body.set('file', new File(['aaa https://a.example\nno\nbbb https://b.example\n'], 'links.txt'))
    const answer = await tree.fetch('/admin/import', { method: 'POST', headers: KEY, body })
    expect(await answer.json()).toEqual({ imported: 2, refused: [2] })
    expect((await tree.fetch('/aaa')).headers.get('location')).toBe('https://a.example/')
  })
})

test('its build runs by itself', { timeout: 60_000 }, async () => {
  const built = await runTreeway(['build', dir])
  expect([built.code, built.stderr]).toEqual([0, ''])
  const started = startTreeway(
    ['start', join(dir, '.treeway/build'), '--port', '0', '--workers', '1', '--env', 'SITE_NAME,ADMIN_KEY'],
    { env: { SITE_NAME: 'built', ADMIN_KEY: 'open-sesame' } }
  )
  try {
    const [, url = ''] = await started.waitFor(/(http:\/\/127\S+)/)
    const page = await fetch(new URL('/about', url))
    expect([page.status, page.headers.get('x-site')]).toEqual([200, 'built'])
    const report = await fetch(new URL('/admin/report', url), { headers: KEY })
    expect([report.status, await report.text()]).toEqual([200, expect.stringContaining('For admin')])
    expect((await fetch(new URL('/admin/report', url))).status).toBe(403)
  } finally {
    await started.stop()
  }
})
