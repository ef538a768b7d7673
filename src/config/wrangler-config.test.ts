import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadConfig } from './load-config.ts'
import { readWranglerConfig } from './wrangler-config.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'treeway-wrangler-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function write(file: string, text: string): void {
  writeFileSync(join(dir, file), text)
}

describe('wrangler.*', () => {
  test('of a Pages project says its static files and variables', async () => {
    write(
      'wrangler.toml',
      `name = "club" # a comment
pages_build_output_dir = "./dist/"
[vars]
SITE = "the club"
SIZE = 5
FLAGS = { new = true }
`
    )
    expect(await readWranglerConfig(dir)).toEqual({
      files: ['wrangler.toml'],
      publicDir: 'dist',
      vars: { SITE: 'the club', SIZE: 5, FLAGS: { new: true } },
      problems: []
    })
  })

  test('may have comments and commas too many as JSON, and JSON counts first', async () => {
    write('wrangler.toml', 'pages_build_output_dir = "toml"')
    write(
      'wrangler.jsonc',
      `{
  // "pages_build_output_dir": "not this",
  "pages_build_output_dir": "a//b", /* nor , } this */
  "vars": { "A": "x, }", "B": ["\\"//", 1,], },
}`
    )
    expect(await readWranglerConfig(dir)).toMatchObject({
      files: ['wrangler.jsonc'],
      publicDir: 'a//b',
      vars: { A: 'x, }', B: ['"//', 1] }
    })
  })

  test("of a Worker says nothing, and neither does a list or a folder's name that is none", async () => {
    for (const text of [
      '{ "main": "worker.js", "vars": { "A": "b" } }',
      '[]',
      '{ "pages_build_output_dir": 5 }'
    ]) {
      write('wrangler.json', text)
      expect(await readWranglerConfig(dir)).toEqual({ files: [], vars: {}, problems: [] })
    }
  })

  test('that can not be read is a warning', async () => {
    write('wrangler.toml', 'name = \n')
    const { problems, files } = await readWranglerConfig(dir)
    expect(files).toEqual(['wrangler.toml'])
    expect(problems).toMatchObject([
      { code: 'TREEWAY_CONFIG_INVALID', severity: 'warning', file: 'wrangler.toml' }
    ])
  })

  test('yields to every other source', async () => {
    write('wrangler.toml', 'pages_build_output_dir = "dist"\n[vars]\nA = "wrangler"\n')
    const loadModule = async (): Promise<unknown> => ({})
    const alone = await loadConfig({ dir, loadModule })
    expect([alone.config.publicDir, alone.config.vars, alone.files, alone.problems]).toEqual([
      'dist',
      { A: 'wrangler' },
      ['wrangler.toml'],
      []
    ])
    write('treeway.config.json', '{ "publicDir": "site" }')
    expect((await loadConfig({ dir, loadModule })).config.publicDir).toBe('site')
    const flags = { publicDir: 'flag' }
    expect((await loadConfig({ dir, loadModule, flags })).config.publicDir).toBe('flag')
  })

  test('may name the project itself, and no folder without a name', async () => {
    write('wrangler.toml', 'pages_build_output_dir = "./"')
    expect((await readWranglerConfig(dir)).publicDir).toBe('.')
    write('wrangler.toml', 'pages_build_output_dir = ""')
    expect((await loadConfig({ dir, loadModule: async () => ({}) })).config.publicDir).toBe('public')
  })
})
