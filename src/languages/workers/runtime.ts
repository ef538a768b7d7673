import { createProblem, type Problem, TreewayError } from '../../errors.ts'
import type {
  Runtime,
  RuntimeOptions,
  RuntimeStats,
  WorkerAnswer,
  WorkerFunction,
  WorkerRequest
} from '../language.ts'
import { CallDesk } from './call-desk.ts'
import { readHostEnv } from './environment.ts'
import { type PoolOptions, type Timings, WorkerPool } from './pool.ts'
import { ProcessGuard } from './process-guard.ts'
import { isForeignSource } from './is-foreign-source.ts'
import type { PrepareContext, WorkerProgram, WorkerSpec } from './spec.ts'
import { toBusyError, toFailureProblem } from './to-error.ts'
import type { WorkerProcess } from './worker-process.ts'

const MEMORY_CHECK_MS = 500
const DEFAULT_MAX_QUEUE = 1000
const STOP_MS = 30_000
const RELOAD_MS = 2000
const RESTARTS_AT_ONCE = 2
/** Programs that are many may not all grow as one alone may. */
const ALL_POOLS_FACTOR = 4
const TIMINGS: Timings = {
  growAfterMs: 10,
  idleMs: 30_000,
  drainMs: 5000,
  firstBackoffMs: 100,
  maxBackoffMs: 5000
}

/** All workers of one language: `spec` says what is its own. */
export function createWorkerRuntime(spec: WorkerSpec, options: RuntimeOptions): Runtime {
  return new WorkerRuntime(spec, options)
}

class WorkerRuntime implements Runtime {
  readonly #spec: WorkerSpec
  readonly #options: RuntimeOptions
  readonly #guard = new ProcessGuard()
  readonly #desk: CallDesk
  readonly #pools = new Map<string, WorkerPool>()
  /** Pools of programs that are used no more, until their processes have ended. */
  readonly #dropped = new Set<WorkerPool>()
  readonly #abort = new AbortController()
  #functions: readonly WorkerFunction[] = []
  #programs: ReadonlyMap<string, WorkerProgram> = new Map()
  #problems: readonly Problem[] = []
  #memoryTimer: NodeJS.Timeout | undefined
  #isStopping = false
  readonly #lost = { replaced: 0, ended: 0 }

  constructor(spec: WorkerSpec, options: RuntimeOptions) {
    this.#spec = spec
    this.#options = options
    this.#desk = new CallDesk({
      maxQueue: options.maxQueue ?? DEFAULT_MAX_QUEUE,
      dispatch: (call, now) => this.#toPool(call.entry.fn).dispatch(call, now),
      sweep: (now) => this.#sweep(now)
    })
  }

  async prepare(functions: readonly WorkerFunction[]): Promise<readonly Problem[]> {
    this.#functions = functions
    const { problems, programs } = await this.#spec.prepare(functions, this.#toContext())
    this.#problems = problems
    this.#programs = programs
    this.#dropUnused()
    // the first request of each program finds its process up
    if (this.#spec.minProcesses !== 0) {
      for (const fn of functions) if (programs.has(fn.file)) this.#toPool(fn).start()
    }
    return [...problems, ...(await this.#check(functions))]
  }

  invoke(fn: WorkerFunction, request: WorkerRequest): Promise<WorkerAnswer> {
    if (this.#isStopping) return Promise.reject(toBusyError(fn, 'the server is stopping'))
    return this.#desk.enter(fn, request)
  }

  async reload(files: readonly string[]): Promise<readonly Problem[]> {
    if (files.some((file) => this.#spec.needsPrepare(file))) return await this.prepare(this.#functions)
    const own = files.filter((file) => !isForeignSource(file, this.#spec.language))
    if (own.length === 0) return []
    const edited = this.#functions.filter(({ file }) => own.includes(file))
    if (this.#spec.reload === 'process') return await this.#replace(edited)
    await Promise.all([...this.#pools.values()].map((pool) => this.#reloadPool(pool, own)))
    return await this.#check(edited)
  }

  readStats(): RuntimeStats {
    const pools = [...this.#pools.values()]
    const processes = pools.flatMap((pool) => pool.processes)
    const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)
    return {
      language: this.#spec.language,
      processes: processes.length,
      busy: processes.filter(({ calls }) => calls.size > 0).length,
      running: sum(processes.map(({ calls }) => calls.size)),
      waiting: this.#desk.countQueued() + sum(pools.map((pool) => pool.waitingCount)),
      restarts: this.#lost.replaced,
      timeouts: this.#desk.timeouts,
      crashes: this.#lost.ended
    }
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    this.#abort.abort()
    const until = performance.now() + STOP_MS
    while (!this.#isIdle() && performance.now() < until) await waitMs(10)
    clearInterval(this.#memoryTimer)
    await Promise.all([...this.#pools.values(), ...this.#dropped].map((pool) => pool.close()))
    this.#desk.stop()
    await this.#guard.stop()
  }

  // prepare and reload

  #toContext(): PrepareContext {
    const { dir, stateDir, onProgress, hostEnv = readHostEnv() } = this.#options
    const { isFrozen = false, isReproducible = false } = this.#options
    return { dir, stateDir, isFrozen, isReproducible, hostEnv, onProgress, signal: this.#abort.signal }
  }

  async #check(functions: readonly WorkerFunction[]): Promise<readonly Problem[]> {
    if (!this.#spec.hasCheck || functions.length === 0) return []
    const callable = functions.filter(({ file }) => this.#programs.has(file))
    if (this.#spec.check !== undefined) return await this.#spec.check(callable, this.#toContext())
    return (await Promise.all(callable.map((fn) => this.#checkOne(fn)))).flat()
  }

  async #checkOne(fn: WorkerFunction): Promise<readonly Problem[]> {
    const process = this.#toPool(fn).start()
    if (process === undefined) return []
    const entry = this.#desk.toEntry(fn)
    process.load(entry)
    const verdict = await process.ask({ k: 'check', f: entry.number })
    if (verdict !== undefined) {
      return [toFailureProblem(verdict.failure, fn, { dir: this.#options.dir, text: verdict.text })]
    }
    if (process.isReady) return []
    const message = `The worker does not start (${process.end})`
    return [createProblem('TREEWAY_WORKER_CRASHED', message, { file: fn.name, frame: process.lastWords })]
  }

  /**
   * The edited ones are up again before the next request, and what is wrong with them their own process says: another one
   * would hold it up. Where it was a helper, those asked last are. All at once would take longer than their turn does.
   */
  async #replace(edited: readonly WorkerFunction[]): Promise<readonly Problem[]> {
    const isAlwaysUp = this.#spec.minProcesses !== 0
    const recent = [...this.#pools.values()].filter(({ processes }) => processes.length > 0)
    recent.sort((a, b) => toLastFinished(b) - toLastFinished(a))
    for (const pool of recent) pool.replaceAll()
    if (isAlwaysUp || edited.length === 0)
      for (const pool of isAlwaysUp ? recent : recent.slice(0, RESTARTS_AT_ONCE)) pool.start()
    if (!this.#spec.hasCheck) return []
    const callable = edited.filter(({ file }) => this.#programs.has(file))
    return (await Promise.all(callable.map((fn) => this.#checkOne(fn)))).flat()
  }

  async #reloadPool(pool: WorkerPool, files: readonly string[]): Promise<void> {
    const reload = async (process: WorkerProcess): Promise<void> => {
      const done = process.ask({ k: 'reload', files }).then(() => true)
      const isDone = await Promise.race([done, waitMs(RELOAD_MS).then(() => false)])
      if (!isDone) pool.retire(process, '')
    }
    await Promise.all(pool.processes.map(reload))
  }

  #dropUnused(): void {
    const used = new Set([...this.#programs.values()].map(({ key }) => key))
    for (const [key, pool] of this.#pools) {
      if (used.has(key)) continue
      this.#pools.delete(key)
      this.#dropped.add(pool)
      pool.replaceAll()
      for (const call of pool.takeWaiting()) {
        call.entry.running--
        this.#desk.run(call, performance.now())
      }
    }
  }

  // pools

  #toPool(fn: WorkerFunction): WorkerPool {
    const program = this.#programs.get(fn.file)
    if (program === undefined) throw this.#toMissingError(fn)
    const known = this.#pools.get(program.key)
    if (known !== undefined) return known
    const pool = new WorkerPool(this.#toPoolOptions(program))
    this.#pools.set(program.key, pool)
    if (this.#options.maxMemoryBytes !== undefined) this.#startMemoryChecks()
    return pool
  }

  #toPoolOptions(program: WorkerProgram): PoolOptions {
    const { dir, stateDir, onLog, hostEnv = readHostEnv(), maxMemoryBytes } = this.#options
    return {
      spec: this.#spec,
      program,
      dir,
      stateDir,
      hostEnv,
      onLog,
      maxMemoryBytes,
      startTimeoutMs: 10_000,
      killAfterMs: 1000,
      guard: this.#guard,
      timings: TIMINGS,
      onFree: (call) => this.#desk.leave(call),
      onLost: (how, reason) => this.#onLost(how, reason),
      hasRoom: () => this.#countProcesses() < ALL_POOLS_FACTOR * this.#spec.maxProcesses
    }
  }

  /** Why a function has no program. */
  #toMissingError(fn: WorkerFunction): TreewayError {
    const own = this.#problems.find(({ file }) => file === fn.name)
    const problem = own ?? this.#problems.find(({ file }) => file === undefined)
    if (problem === undefined) return new TreewayError('TREEWAY_LOAD_FAILED', `${fn.name} was not prepared`)
    return new TreewayError(problem.code, problem.message, { problems: [problem], fix: problem.fix })
  }

  #onLost(how: 'replaced' | 'ended', reason: string): void {
    this.#lost[how]++
    const what = `a ${this.#spec.language} worker ${how === 'ended' ? 'ended' : 'is replaced'}: ${reason}`
    this.#options.onLog({ requestId: undefined, stream: 'stderr', text: `treeway: ${what}` })
  }

  #countProcesses(): number {
    let count = 0
    for (const pool of this.#pools.values()) count += pool.processes.length
    return count
  }

  /** True when no pool needs another. */
  #sweep(now: number): boolean {
    for (const pool of this.#pools.values()) pool.sweep(now)
    for (const pool of this.#dropped) if (pool.isEmpty) this.#dropped.delete(pool)
    return [...this.#pools.values()].every((pool) => pool.isQuiet) && this.#dropped.size === 0
  }

  /** Nobody waits, and no process works on what was given up. */
  #isIdle(): boolean {
    return !this.#desk.isBusy && [...this.#pools.values(), ...this.#dropped].every((pool) => !pool.isAwaited)
  }

  #startMemoryChecks(): void {
    this.#memoryTimer ??= setInterval(() => {
      for (const pool of this.#pools.values()) pool.checkMemory()
    }, MEMORY_CHECK_MS).unref()
  }
}

function toLastFinished({ processes }: WorkerPool): number {
  return Math.max(...processes.map(({ lastFinishedAt }) => lastFinishedAt))
}

async function waitMs(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
