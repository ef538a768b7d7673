import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readTable } from '../../src/app.ts'
import { templates } from '../../src/cli/templates.ts'
import type { Template } from '../../src/cli/templates.ts'
import { writeTemplate } from '../../src/cli/write-template.ts'
import { TreewayError } from '../../src/errors.ts'
import { startTestServer } from '../../src/testing.ts'
import type { TestServer } from '../../src/testing.ts'
import { createProject, runTreeway } from './run-treeway.ts'

const project = createProject({})
afterAll(() => project.remove())

async function write(name: string, template: Template, more = false): Promise<string> {
  const dir = join(project.dir, name)
  await writeTemplate({ dir, template, version: '0.1.0', hasDocker: more, hasSystemd: more })
  return dir
}

/** Undefined where the language is not installed. */
async function serve(dir: string): Promise<TestServer | undefined> {
  try {
    return await startTestServer({ dir })
  } catch (error) {
    const isMissing =
      error instanceof TreewayError && error.problems.every(({ code }) => code === 'TREEWAY_LANGUAGE_MISSING')
    if (isMissing) return undefined
    throw error
  }
}

describe('the template', () => {
  test.each(Object.entries(templates))(
    '%s is a tree that answers',
    async (name, template) => {
      const dir = await write(name, template)
      expect((await readTable({ dir })).problems).toEqual([])
      for (const [, file] of template.rows) expect(readFileSync(join(dir, file), 'utf8')).not.toBe('')
      expect(readFileSync(join(dir, 'README.md'), 'utf8')).not.toContain('{{')
      const server = await serve(dir)
      if (server === undefined) return
      try {
        expect(await (await server.fetch('/')).json()).toMatchObject({ message: 'It works.' })
        expect(await (await server.fetch('/hello/ada')).json()).toEqual({ message: 'Hello, ada.' })
      } finally {
        await server.close()
      }
    },
    120_000
  )
})

test('mixed answers in its third language too', async () => {
  const { mixed } = templates
  if (mixed === undefined) throw new Error('There is no such template.')
  const server = await serve(await write('mixed-post', mixed))
  if (server === undefined) return
  const answer = await server.fetch('/shout', { method: 'POST', body: 'hey' })
  expect(await answer.json()).toEqual({ message: 'HEY' })
  await server.close()
}, 120_000)

test('--docker and --systemd write what builds the tree and serves the build', async () => {
  const { python } = templates
  if (python === undefined) throw new Error('There is no such template.')
  const dir = await write('deployed', python, true)
  const dockerfile = readFileSync(join(dir, 'Dockerfile'), 'utf8')
  expect(dockerfile).toContain('install -y --no-install-recommends python3 ')
  expect(dockerfile).toContain('RUN npx treeway build')
  expect(dockerfile).not.toContain('{{')
  expect(readFileSync(join(dir, 'deployed.service'), 'utf8')).toContain(`WorkingDirectory=${dir}\n`)
  expect(readdirSync(dir)).toContain('.dockerignore')
})

test.skipIf(spawnSync('systemd-analyze', ['--version']).status !== 0)(
  'the unit is one that systemd takes (needs systemd-analyze)',
  async () => {
    const { js } = templates
    if (js === undefined) throw new Error('There is no such template.')
    const dir = await write('100% a shop', js, true)
    const command = join(dir, 'node_modules/.bin/treeway')
    mkdirSync(dirname(command), { recursive: true })
    writeFileSync(command, '#!/bin/sh\n', { mode: 0o755 })
    const { stderr, status } = spawnSync('systemd-analyze', ['verify', join(dir, '100-a-shop.service')], {
      encoding: 'utf8'
    })
    expect(stderr.split('\n').filter((line) => line.includes('100-a-shop.service'))).toEqual([])
    expect(status).toBe(0)
  }
)

test('the command writes the template that it is given, and nothing over a file', async () => {
  const first = await runTreeway(['init', 'shop', '-t', 'lua', '--docker'], { cwd: project.dir })
  expect(first.stdout).toContain('wrote functions/index.lua\n')
  expect(first.stdout).toContain('wrote Dockerfile\n')
  const second = await runTreeway(['init', 'shop', '-t', 'php'], { cwd: project.dir })
  expect(second.code).toBe(1)
  expect(second.stderr).toContain('TREEWAY_FILE_EXISTS')
  expect(readdirSync(join(project.dir, 'shop/functions'))).not.toContain('index.php')
})
