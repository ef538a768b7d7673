import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBench, type Bench } from './start-node.ts'

let bench: Bench

beforeAll(async () => {
  bench = await createBench()
})

afterAll(() => bench.remove())

interface Printed {
  readonly stack: string
  readonly console: string
  readonly problems?: readonly unknown[]
}

describe('a stack trace', () => {
  const files = {
    'functions/[id] a+b.ts':
      'interface A { a: 1 }\n\nexport const handler = async (): Promise<void> => {\n  const x: number = 1; throw new Error(`boom ${x}`)\n}',
    'functions/plain.js': '#!/usr/bin/env node\nexports.handler = () => {\n  throw new Error("boom")\n}',
    'functions/module.mjs': 'import { fail } from "../lib/fail.ts"\n\nexport const handler = () => fail()\n',
    'functions/awaiting.ts':
      'import { fail } from "../lib/fail.ts"\nconst f: () => void = await Promise.resolve(fail)\n\nexport function handler(): void {\n  f()\n}',
    'functions/page.tsx':
      '/** @jsx h */\nconst h = (type: () => void) => type()\nexport const handler = () => (\n  <Page />\n)\nfunction Page() { throw new Error("boom") }',
    'functions/loading.ts': 'import "../lib/fail.ts"\nconst a: any = null\n\nexport const handler = a.b\n',
    'lib/fail.ts': 'type T = 1\nexport function fail(this: unknown): never { throw new Error("boom") }'
  }
  const places: readonly (readonly [keyof typeof files, readonly string[]])[] = [
    ['functions/[id] a+b.ts', ['functions/[id] a+b.ts:4:30']],
    ['functions/plain.js', ['functions/plain.js:3:9']],
    ['functions/module.mjs', ['lib/fail.ts:2:52', 'functions/module.mjs:3:30']],
    ['functions/awaiting.ts', ['lib/fail.ts:2:52', 'functions/awaiting.ts:5:3']],
    ['functions/page.tsx', ['functions/page.tsx:6:25', 'functions/page.tsx:2:33', 'functions/page.tsx:4:3']]
  ]

  test.each(['', '.treeway', '.treeway'])(
    'names the line and column of the source (cache: %o)',
    async (state) => {
      bench.write(files)
      const at = (name: string): string => join(bench.dir, name)
      const args = [bench.dir, state && at(state), ...Object.keys(files).map(at)]
      const printed = JSON.parse(await bench.run('stacks.mjs', args)) as Record<string, Printed>
      for (const [name, expected] of places) {
        const { stack = '', console: shown = '' } = printed[at(name)] ?? {}
        for (const place of expected) {
          expect(stack).toContain(at(place))
          expect(shown).toContain(at(place))
        }
      }
      expect(printed[at('functions/loading.ts')]?.problems).toMatchObject([
        { code: 'TREEWAY_LOAD_FAILED', file: 'functions/loading.ts', line: 4, column: 26 }
      ])
    }
  )
})

test('1,000 reloads leave the heap as it was', async () => {
  const heaps = JSON.parse(await bench.run('memory.mjs', [bench.dir, '1000'], ['--expose-gc'])) as number[]
  const [, early = 0] = heaps
  const late = heaps.at(-1) ?? Infinity
  // A thousand generations of even one of the five modules would be 40 MB.
  expect(late - early).toBeLessThan(2_000_000)
})

describe("esbuild's process", () => {
  const isAlive = (pid: number): boolean => {
    try {
      process.kill(pid, 0)
      return true
    } catch {
      return false
    }
  }
  const findChild = (pid: number | undefined): number | undefined => {
    const table = execFileSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' })
    const rows = table.split('\n').map((line) => line.trim().split(/\s+/))
    const row = rows.find(([parent]) => parent === String(pid))
    return row && Number(row[1])
  }
  const nextOutput = (child: ReturnType<Bench['start']>): Promise<unknown> =>
    new Promise((resolve) => child.stdout?.once('data', resolve))

  test('does not keep Node alive, and ES modules as packages give no warning', async () => {
    bench.write({
      'idle.ts': "import { n } from 'modern'\nexport const a: number = n + require('modern').n",
      'node_modules/modern/package.json': '{"type":"module","exports":{"import":"./index.js"}}',
      'node_modules/modern/index.js': 'export const n = await Promise.resolve(1)'
    })
    expect(await bench.run('idle.mjs', [join(bench.dir, 'idle.ts')])).toBe('loaded\n')
  })

  test('ends when the loader is closed', async () => {
    bench.write({ 'idle.ts': 'export const a: number = 1' })
    const child = bench.start('idle.mjs', [join(bench.dir, 'idle.ts'), 'close'])
    await nextOutput(child)
    await expect.poll(() => findChild(child.pid), { timeout: 10_000 }).toBe(undefined)
    child.kill()
  })

  test('ends when the loader rests, and is there again when something changed', async () => {
    bench.write({ 'idle.ts': 'export const a: number = 1' })
    const child = bench.start('idle.mjs', [join(bench.dir, 'idle.ts'), 'rest'])
    await nextOutput(child)
    await expect.poll(() => findChild(child.pid), { timeout: 10_000 }).toBe(undefined)
    const answer = nextOutput(child)
    child.kill('SIGUSR2')
    expect(String(await answer)).toBe('2')
    child.kill()
  })

  test('ends with Node, also when that is killed', async () => {
    bench.write({ 'idle.ts': 'export const a: number = 1' })
    const child = bench.start('idle.mjs', [join(bench.dir, 'idle.ts'), 'stay'])
    await nextOutput(child)
    const pid = findChild(child.pid) ?? 0
    expect(pid).toBeGreaterThan(0)
    child.kill('SIGKILL')
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)
  })
})
