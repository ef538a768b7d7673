import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { expect, test } from 'vitest'

const SCRIPT = `
import { keepTickShape } from './keep-tick-shape.ts'
if (process.argv.includes('keep')) keepTickShape()
const tick = () => new Promise((resolve) => process.nextTick(resolve))
await tick()
await new Promise((resolve) => setImmediate(() => resolve(gc())))
await tick()
`

/** How often the same step from one hidden class to the next was made: V8's own log of them has a line for each. */
function countRemadeShapes(dir: string, ...words: string[]): number {
  const resolveDir = fileURLToPath(new URL('.', import.meta.url))
  const stdin = { contents: SCRIPT, resolveDir, loader: 'ts' } as const
  const { outputFiles } = buildSync({ stdin, bundle: true, write: false, format: 'esm', platform: 'node' })
  const log = join(dir, 'maps.log')
  const flags = ['--expose-gc', '--log-maps', '--no-logfile-per-isolate', `--logfile=${log}`]
  execFileSync(process.execPath, [
    ...flags,
    '--input-type=module',
    '--eval',
    outputFiles[0]?.text ?? '',
    '--',
    ...words
  ])
  const steps = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('map,Transition') && line.includes('"async_id_symbol"'))
    .map((line) => line.split(',').toSpliced(4, 1).toSpliced(2, 1).join(','))
  return steps.length - new Set(steps).size
}

test('a collection takes the shape of a tick with it, unless it is kept', () => {
  const dir = mkdtempSync(join(tmpdir(), 'treeway-tick-'))
  try {
    expect(countRemadeShapes(dir)).toBeGreaterThan(0)
    expect(countRemadeShapes(dir, 'keep')).toBe(0)
  } finally {
    rmSync(dir, { recursive: true })
  }
})
