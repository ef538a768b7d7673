import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A Node of its own, with the loader as plain JavaScript: under the test runner stack traces are the runner's. */
export interface Bench {
  readonly dir: string
  write(files: Readonly<Record<string, string>>): void
  /** Runs a file of fixtures/ with the loader's URL and the arguments. */
  start(fixture: string, args: readonly string[], nodeArgs?: readonly string[]): ChildProcess
  /** What it prints. Rejects when it fails, and when it prints a warning. */
  run(fixture: string, args: readonly string[], nodeArgs?: readonly string[]): Promise<string>
  remove(): void
}

export async function createBench(): Promise<Bench> {
  const dir = mkdtempSync(join(tmpdir(), 'treeway-javascript-'))
  // Inside the project, so that it finds the packages it imports.
  const built = join(root, 'node_modules/.cache', `treeway-javascript-${process.pid}`)
  const outfile = join(built, 'loader.mjs')
  await build({
    entryPoints: [join(root, 'src/languages/javascript/create-module-loader.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm'
  })
  const start: Bench['start'] = (fixture, args, nodeArgs = []) => {
    const file = fileURLToPath(new URL(`fixtures/${fixture}`, import.meta.url))
    // TREEWAY_TEST_NODE runs these tests on another Node than the test runner's.
    const node = process.env['TREEWAY_TEST_NODE'] ?? process.execPath
    return spawn(node, [...nodeArgs, file, pathToFileURL(outfile).href, ...args], {
      stdio: ['ignore', 'pipe', 'pipe']
    })
  }
  return {
    dir,
    start,
    write(files) {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(dir, name)), { recursive: true })
        writeFileSync(join(dir, name), text)
      }
    },
    run: (...args) => readOutput(start(...args)),
    remove() {
      rmSync(dir, { recursive: true, force: true })
      rmSync(built, { recursive: true, force: true })
    }
  }
}

async function readOutput(child: ChildProcess): Promise<string> {
  let output = ''
  let warnings = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (warnings += text))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  if (code !== 0 || warnings !== '') throw new Error(`the process ended with ${code}: ${output}${warnings}`)
  return output
}
