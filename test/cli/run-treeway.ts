import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../bin/treeway.js', import.meta.url))

/** Files by name; written into a fresh folder. */
export type Tree = Readonly<Record<string, string>>

export interface Project {
  readonly dir: string
  write(files: Tree): void
  remove(): void
}

export function createProject(files: Tree): Project {
  const dir = mkdtempSync(join(tmpdir(), 'treeway-cli-'))
  function write(more: Tree): void {
    for (const [name, text] of Object.entries(more)) {
      mkdirSync(dirname(join(dir, name)), { recursive: true })
      writeFileSync(join(dir, name), text)
    }
  }
  write(files)
  return { dir, write, remove: () => rmSync(dir, { recursive: true, force: true }) }
}

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The command line in a process of its own, still running. */
export interface Running {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
  /** Resolves with the match when it stands in the output; rejects when the process ends before. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>
  /** What stood on stdout so far. */
  stdout(): string
  /** What stood on stderr so far. */
  stderr(): string
  /** From here on `waitFor` looks only at what comes later. */
  forget(): void
  stop(signal?: NodeJS.Signals): Promise<Finished>
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

export async function runTreeway(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return await startTreeway(args, options).finished
}

export function startTreeway(args: readonly string[], { cwd, env }: RunOptions = {}): Running {
  const { NO_COLOR: _none, FORCE_COLOR: _forced, ...inherited } = process.env
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: cwd ?? tmpdir(),
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const output = { stdout: '', stderr: '', from: 0 }
  const listeners = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
      for (const listener of listeners) listener()
    })
  }
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout: output.stdout, stderr: output.stderr }))
  })
  return {
    child,
    finished,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    forget: () => void (output.from = output.stderr.length),
    async waitFor(pattern) {
      return await new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(output.stderr.slice(output.from))
          if (!match) return
          listeners.delete(look)
          resolve(match)
        }
        listeners.add(look)
        void finished.then(({ stderr }) => reject(new Error(`ended without ${pattern}:\n${stderr}`)))
        look()
      })
    },
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      return await finished
    }
  }
}
