import { afterEach, expect, test } from 'vitest'
import { createProject, runTreeway, startTreeway } from '../cli/run-treeway.ts'
import type { Project, Running } from '../cli/run-treeway.ts'

const WRANGLER = `name = "club"
pages_build_output_dir = "./dist"
compatibility_date = "2026-04-01"

[vars]
SITE = "the club"
SIZE = 5
FLAGS = { new = true }

[[kv_namespaces]]
binding = "NOTES"
id = "1"
`

const FILES = {
  'wrangler.toml': WRANGLER,
  'functions/env.js': `export const onRequest = ({ env: { ASSETS, ...env } }) => Response.json(env)`,
  'functions/event.js': `export const handler = ({ env }) => ({ body: { size: env.SIZE } })`,
  'dist/index.html': 'from dist',
  'public/index.html': 'from public'
}

let project: Project
let cli: Running | undefined
afterEach(async () => {
  await cli?.stop()
  project.remove()
})

async function start(args: readonly string[], ready: RegExp): Promise<(path: string) => Promise<string>> {
  cli = startTreeway([...args, '--port', '0'], { cwd: project.dir })
  const [, url = ''] = await cli.waitFor(ready)
  return async (path) => (await fetch(new URL(path, url))).text()
}

const VARS = { SITE: 'the club', SIZE: 5, FLAGS: { new: true } }

test('dev takes static files and variables from wrangler.toml, what is local says over it, and sees it change', async () => {
  project = createProject({ ...FILES, '.dev.vars': 'SITE=my club\nSECRET=s\n' })
  const read = await start(['dev'], /Local\s+(http:\S+)/)
  expect(JSON.parse(await read('/env'))).toEqual({ ...VARS, SITE: 'my club', SECRET: 's' })
  expect(JSON.parse(await read('/event'))).toEqual({ size: 5 })
  expect(await read('/')).toBe('from dist')
  project.write({ 'wrangler.toml': WRANGLER.replace('SIZE = 5', 'SIZE = 6').replace('./dist', 'public') })
  await expect.poll(() => read('/event'), { timeout: 10_000 }).toBe('{"size":6}')
  expect(await read('/')).toBe('from public')
}, 30_000)

test('start and a build take them, and treeway.config.json counts more', async () => {
  project = createProject({ ...FILES, 'treeway.config.json': '{ "env": { "SITE": "configured" } }' })
  const built = await runTreeway(['build', project.dir])
  expect([built.code, built.stderr]).toEqual([0, ''])
  for (const dir of [project.dir, `${project.dir}/.treeway/build`]) {
    const read = await start(['start', dir, '--workers', '1'], /(http:\/\/127\S+)/)
    expect(JSON.parse(await read('/env'))).toEqual({ ...VARS, SITE: 'configured' })
    expect(await read('/')).toBe('from dist')
    await cli?.stop()
  }
}, 60_000)
