import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { runTreeway } from '../cli/run-treeway.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const EXAMPLES = join(ROOT, 'examples')
const run = promisify(execFile)

const examples = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

/** In TypeScript, and not written by a tool. */
function listSources(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return []
    const path = join(dir, entry.name)
    return entry.isDirectory() ? listSources(path) : /\.[cm]?tsx?$/.test(entry.name) ? [path] : []
  })
}

const typed = examples.filter((name) => listSources(join(EXAMPLES, name)).length > 0)

test('every example in TypeScript has a tsconfig.json', () => {
  expect(typed.length).toBeGreaterThan(1)
  expect(typed.filter((name) => !existsSync(join(EXAMPLES, name, 'tsconfig.json')))).toEqual([])
})

describe.each(typed)('examples/%s', (name) => {
  test('compiles with the types of its routes', async () => {
    const dir = join(EXAMPLES, name)
    const written = await runTreeway(['types', dir])
    expect([written.code, written.stderr]).toEqual([0, ''])
    const tsc = join(ROOT, 'node_modules/.bin/tsc')
    const faults = await run(tsc, ['-p', dir], { cwd: dir }).then(
      () => '',
      (error: { stdout: string }) => error.stdout
    )
    expect(faults).toBe('')
    const { stdout } = await run(tsc, ['-p', dir, '--listFilesOnly'], { cwd: dir })
    const compiled = stdout.split('\n')
    expect(listSources(dir).filter((file) => !compiled.includes(file))).toEqual([])
  }, 120_000)
})
