import type { Readable } from 'node:stream'
import type { Problem } from '../errors.ts'

export type WorkerLanguageName = 'python' | 'php' | 'lua' | 'go' | 'rust'

/** One function file of another language, as its worker must know it. Plain data. */
export interface WorkerFunction {
  /** Absolute path of the handler file. */
  readonly file: string
  /** Path below the project's directory, with forward slashes: its name in logs and problems. */
  readonly name: string
  /** Name of the function to call, where `invoke.handler` of fn.config.json gives one. */
  readonly handler?: string
  /** What fn.env.json and the configuration give it, and nothing else. */
  readonly env: Readonly<Record<string, string>>
  /** Milliseconds. */
  readonly timeoutMs: number
  /** How many requests may be in the worker at once; more wait in a queue, and past that get 503. */
  readonly maxConcurrency: number
}

/** One request on its way to a worker. */
export interface WorkerRequest {
  /**
   * The event (design.md section 9): JSON data. Leave out `body`, `env`, `params` and `path_params`: the worker adds
   * them, and what is sent twice costs twice. `id` is the request id of log lines.
   */
  readonly event: Readonly<Record<string, unknown>>
  /** Route parameters, decoded. */
  readonly params: Readonly<Record<string, string>>
  /** The bytes as they came; the worker makes text or base64 of them. */
  readonly body?: Uint8Array | undefined
  /**
   * Aborted when the client has gone. Only `aborted` is read, about 50 times a second: a listener for each request
   * would cost more than the rest of the call's bookkeeping, so a plain object will do.
   */
  readonly signal: { readonly aborted: boolean }
}

/** What a worker answered; envelopes and plain values are already told apart, in the worker. */
export interface WorkerAnswer {
  readonly status: number
  /** Lower-case names; a list repeats the header. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  /** Bytes, or a stream for generators: destroy it when the client has gone. Undefined when empty. */
  readonly body: Uint8Array | Readable | undefined
}

/** A line a handler printed. */
export interface WorkerLogLine {
  readonly requestId: string | undefined
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

export interface RuntimeOptions {
  /** Absolute project directory. */
  readonly dir: string
  /** Absolute folder for caches and installed dependencies (`<dir>/.treeway`). Never the source tree. */
  readonly stateDir: string
  readonly onLog: (line: WorkerLogLine) => void
  /** A step of long work (an install, a compile) began or ended: one line for the terminal. */
  readonly onProgress: (text: string) => void
  /** `--frozen`: nothing is installed. Default false. */
  readonly isFrozen?: boolean
  /** What is compiled is the same bytes wherever the project lies. Default false: then projects keep apart. */
  readonly isReproducible?: boolean
  /** The server's environment: workers get PATH, locale and temp folder of it. Default: that of this process. */
  readonly hostEnv?: Readonly<Record<string, string | undefined>>
  /** Requests that may wait for one function before 503. Default 1000. */
  readonly maxQueue?: number
  /** A worker process whose resident memory grows above this is replaced (Linux). Default: no limit. */
  readonly maxMemoryBytes?: number
}

/** The worker processes of one language, now and since the start. */
export interface RuntimeStats {
  readonly language: string
  readonly processes: number
  /** Processes that have a call. */
  readonly busy: number
  /** Calls that workers have. */
  readonly running: number
  /** Calls that wait for a place. */
  readonly waiting: number
  /** Processes that were replaced because they were stuck or too big. */
  readonly restarts: number
  /** Calls that ran out of time. */
  readonly timeouts: number
  /** Processes that ended by themselves. */
  readonly crashes: number
}

/** All functions of one language in one app: its processes, compiled programs and dependencies. */
export interface Runtime {
  /**
   * Installs, compiles, starts, and says what is wrong. A problem at one file never stops another. Called again with
   * the functions of a changed tree, it keeps the processes that still serve; calls in flight finish.
   */
  prepare(functions: readonly WorkerFunction[]): Promise<readonly Problem[]>
  /**
   * Throws a TreewayError: TREEWAY_TIMEOUT, TREEWAY_BUSY, TREEWAY_WORKER_CRASHED, TREEWAY_HANDLER_FAILED,
   * TREEWAY_ANSWER_INVALID, or what kept the file from loading. Where the handler's own code failed, the error's `cause`
   * has the worker's traceback as its stack (whoever catches it logs it) and `problems[0]` the file and line.
   */
  invoke(fn: WorkerFunction, request: WorkerRequest): Promise<WorkerAnswer>
  /** These files changed: the next request to whatever uses them runs the new code. */
  reload(files: readonly string[]): Promise<readonly Problem[]>
  /** How busy its processes are, and what became of them. */
  readStats(): RuntimeStats
  /** Lets what is in flight finish, then ends the processes. */
  stop(): Promise<void>
}

export interface Language {
  readonly name: WorkerLanguageName
  /** Without the dot. */
  readonly extensions: readonly string[]
  createRuntime(options: RuntimeOptions): Runtime
}
