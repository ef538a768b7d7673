import { type ChildProcess, spawn } from 'node:child_process'
import type { Duplex, Readable, Writable } from 'node:stream'
import { toWorkerEnv } from './environment.ts'
import type { WorkerProgram, WorkerSpec } from './spec.ts'

export interface ChildOptions {
  readonly spec: WorkerSpec
  readonly program: WorkerProgram
  /** Its working directory. */
  readonly dir: string
  readonly hostEnv: Readonly<Record<string, string | undefined>>
}

export interface Child {
  readonly process: ChildProcess
  /** Frames to it. */
  readonly input: Writable
  /** Frames from it. */
  readonly output: Readable
  /** What it prints outside of frames. */
  readonly stdout: Readable | undefined
  readonly stderr: Readable | undefined
}

/** Node makes a socket pair for each 'pipe', so descriptor 3 is read and written. */
export function startChild(options: ChildOptions): Child {
  const { spec, program, dir, hostEnv } = options
  const isOwnChannel = spec.channel === 'fd3'
  const child = spawn(program.command, program.args, {
    cwd: dir,
    env: toWorkerEnv(hostEnv, program.env),
    detached: spec.hasOwnGroup ?? false,
    stdio: isOwnChannel ? ['ignore', 'pipe', 'pipe', 'pipe'] : ['pipe', 'pipe', 'pipe']
  })
  const channel = child.stdio[3] as Duplex
  return {
    process: child,
    input: isOwnChannel ? channel : (child.stdin as Writable),
    output: isOwnChannel ? channel : (child.stdout as Readable),
    stdout: isOwnChannel ? (child.stdout ?? undefined) : undefined,
    stderr: child.stderr ?? undefined
  }
}
