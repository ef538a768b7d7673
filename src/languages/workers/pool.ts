import {
  isAllQuick,
  isAnyStuck,
  isAwaited,
  isQuick,
  isRepeatable,
  MAX_LINED_UP,
  noteTime,
  toUsefulProcesses
} from './call-state.ts'
import type { Call, FunctionEntry } from './call.ts'
import { pollUntil } from './poll-until.ts'
import { readMemoryBytes } from './read-memory.ts'
import type { ProcessGuard } from './process-guard.ts'
import { toCrashError } from './to-error.ts'
import { type ProcessOptions, WorkerProcess } from './worker-process.ts'

export interface PoolOptions extends ProcessOptions {
  readonly guard: ProcessGuard
  readonly timings: Timings
  readonly maxMemoryBytes: number | undefined
  /** A call's last frame has come, or its process is gone: its place is free. */
  readonly onFree: (call: Call) => void
  /** A process was taken out of service, or ended by itself; `reason` goes into the log. */
  readonly onLost: (how: 'replaced' | 'ended', reason: string) => void
  /** Whether a process beyond a pool's first may be started: pools share what the machine has. */
  readonly hasRoom: () => boolean
}

/** Milliseconds. */
export interface Timings {
  /** How long calls wait for a busy blocking worker before another process is started. */
  readonly growAfterMs: number
  /** How long an idle process beyond the first is kept. */
  readonly idleMs: number
  /** How long a retired process may finish what others asked of it. */
  readonly drainMs: number
  readonly firstBackoffMs: number
  readonly maxBackoffMs: number
}

/** Starts that failed in a row after which waiting calls are told so instead of waiting on. */
const MAX_FAILED_STARTS = 3

/** The processes of one program: starts, grows, replaces and ends them, and gives calls to them. */
export class WorkerPool {
  readonly #options: PoolOptions
  #processes: WorkerProcess[] = []
  readonly #retired = new Set<WorkerProcess>()
  readonly #waiting: Call[] = []
  /** Processes in a row that ended before they finished a call. */
  #strikes = 0
  #backoffUntil = 0
  #isClosing = false
  #onEmpty: (() => void) | undefined

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** Needs no sweep: no process has a call, and none is there to be ended. */
  get isQuiet(): boolean {
    const isAtRest = this.#waiting.length === 0 && this.#processes.length <= this.#minProcesses
    return isAtRest && this.#processes.every(({ calls }) => calls.size === 0)
  }

  get #minProcesses(): number {
    return this.#options.spec.minProcesses ?? 1
  }

  get isEmpty(): boolean {
    return this.#processes.length + this.#retired.size === 0
  }

  /** A stream goes on, or somebody waits for an answer. */
  get isAwaited(): boolean {
    return [...this.#processes, ...this.#retired].some(({ calls }) => [...calls.values()].some(isAwaited))
  }

  get processes(): readonly WorkerProcess[] {
    return this.#processes
  }

  get waitingCount(): number {
    return this.#waiting.length
  }

  dispatch(call: Call, now: number): void {
    const process = this.#pick(call.entry)
    if (process === undefined) this.#wait(call, now)
    else process.send(call, now)
  }

  /** The first process, started where there is none. Undefined during back-off. */
  start(): WorkerProcess | undefined {
    if (this.#processes.length > 0) return this.#processes[0]
    return this.#backoffUntil > performance.now() ? undefined : this.#startProcess()
  }

  /** About 50 times a second while calls are open: stuck processes, growth, memory. */
  sweep(now: number): void {
    for (const process of this.#processes) {
      if (!isAnyStuck(process.calls, now)) continue
      this.retire(process, 'a handler did not end at its time limit')
      this.start()
    }
    this.pump(now)
    this.#grow(now)
    this.#shrink(now)
  }

  /** Every second or so. */
  checkMemory(): void {
    const { maxMemoryBytes } = this.#options
    if (maxMemoryBytes === undefined) return
    for (const process of this.#processes) {
      if (readMemoryBytes(process.pid) > maxMemoryBytes)
        this.retire(process, 'it grew above its memory limit')
    }
  }

  /** Takes a process out of service; what others asked of it may finish, for a while. */
  retire(process: WorkerProcess, why: string): void {
    if (process.isRetired) return
    process.isRetired = true
    if (why !== '') this.#options.onLost('replaced', why)
    this.#processes = this.#processes.filter((other) => other !== process)
    this.#retired.add(process)
    if (this.#options.spec.isBlocking && why !== '') this.#takeBack(process)
    const isIdle = (): boolean => ![...process.calls.values()].some(isAwaited)
    const { drainMs } = this.#options.timings
    pollUntil(
      () => process.hasEnded || isIdle(),
      drainMs,
      () => (process.calls.size === 0 ? process.close() : process.kill(why))
    )
  }

  /** A fresh process takes over from each; calls in flight finish in the old ones. */
  replaceAll(): void {
    for (const process of this.#processes) this.retire(process, '')
  }

  /** Takes what no process has been given yet. */
  takeWaiting(): readonly Call[] {
    return this.#waiting.splice(0)
  }

  /** Ends every process. Whatever is still in flight fails. */
  async close(): Promise<void> {
    this.#isClosing = true
    for (const process of [...this.#processes, ...this.#retired]) process.close()
    if (this.isEmpty) return
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve
    })
  }

  /** Gives waiting calls to processes that can take them now. */
  pump(now: number): void {
    while (this.#waiting.length > 0) {
      const call = this.#waiting[0]
      if (call === undefined || call.isSettled) {
        this.#waiting.shift()
        if (call !== undefined) this.#options.onFree(call)
        continue
      }
      const process = this.#pick(call.entry)
      if (process === undefined) return
      this.#waiting.shift()
      process.send(call, now)
    }
  }

  #pick(entry: FunctionEntry): WorkerProcess | undefined {
    const first = this.start()
    if (first === undefined || !this.#options.spec.isBlocking) return first
    const idle = this.#processes.find((process) => process.calls.size === 0)
    if (idle !== undefined || !isQuick(entry)) return idle
    // never behind a call that may take long
    const candidates = this.#processes.filter(({ calls }) => calls.size < MAX_LINED_UP && isAllQuick(calls))
    return candidates.toSorted((a, b) => a.calls.size - b.calls.size)[0]
  }

  #wait(call: Call, now: number): void {
    call.process = undefined
    call.waitsSince = now
    this.#waiting.push(call)
  }

  #startProcess(): WorkerProcess {
    const process = new WorkerProcess(this.#options, {
      onStarted: () => this.pump(performance.now()),
      onFinished: (call) => this.#onFinished(call),
      onLeaving: (leaving) => this.#onLeaving(leaving),
      onEnded: (ended, calls) => this.#onEnded(ended, calls)
    })
    this.#processes.push(process)
    process.lastFinishedAt = performance.now()
    if (process.pid !== undefined) this.#options.guard.add(process.pid)
    return process
  }

  #onFinished(call: Call): void {
    const { process } = call
    const now = performance.now()
    if (process !== undefined) {
      // its first call loads the file, too
      if (process.finished > 1) noteTime(call, now - Math.max(call.sentAt, process.lastFinishedAt))
      process.lastFinishedAt = now
    }
    this.#options.onFree(call)
    if (this.#waiting.length > 0) this.pump(now)
  }

  #grow(now: number): void {
    const { spec, timings } = this.#options
    const oldest = this.#waiting[0]
    if (oldest === undefined || !spec.isBlocking || this.#isClosing) return
    const isStarting = this.#processes.some((process) => !process.isReady)
    const isLong = now - oldest.waitsSince > timings.growAfterMs
    const most = toUsefulProcesses(oldest, this.#processes, spec.maxProcesses)
    const isFull = this.#processes.length >= most || !this.#options.hasRoom()
    if (isStarting || !isLong || isFull || now < this.#backoffUntil) return
    this.#startProcess()
    this.pump(now)
  }

  #shrink(now: number): void {
    const { idleMs } = this.#options.timings
    if (this.#processes.length <= this.#minProcesses) return
    const isIdle = ({ calls, lastFinishedAt }: WorkerProcess): boolean =>
      calls.size === 0 && now - lastFinishedAt > idleMs
    const idle = this.#processes.slice(this.#minProcesses).find(isIdle)
    if (idle !== undefined) this.retire(idle, '')
  }

  /** A process that runs one call at a time has begun none but the first: the others can go elsewhere. */
  #takeBack(process: WorkerProcess): void {
    const [, ...notBegun] = process.calls.values()
    for (const call of notBegun) {
      process.calls.delete(call.id)
      this.#wait(call, performance.now())
    }
  }

  /** Its last answer has come before this: what it was given besides goes to others. */
  #onLeaving(process: WorkerProcess): void {
    const notBegun = [...process.calls.values()]
    process.calls.clear()
    this.retire(process, '')
    process.close()
    for (const call of notBegun) this.#wait(call, performance.now())
    this.pump(performance.now())
  }

  #onEnded(process: WorkerProcess, calls: readonly Call[]): void {
    if (process.pid !== undefined) this.#options.guard.remove(process.pid)
    const isExpected = process.isRetired && calls.length === 0
    this.#processes = this.#processes.filter((other) => other !== process)
    this.#retired.delete(process)
    if (!isExpected) this.#countEnd(process)
    if (!process.isRetired) this.#options.onLost('ended', process.end)
    calls.forEach((call, index) => this.#onLost(call, process, index))
    if (this.#isClosing || (!process.isReady && this.#strikes >= MAX_FAILED_STARTS))
      this.#failWaiting(process)
    else if (!isExpected) this.start()
    this.pump(performance.now())
    if (this.isEmpty) this.#onEmpty?.()
  }

  #countEnd(process: WorkerProcess): void {
    const { firstBackoffMs, maxBackoffMs } = this.#options.timings
    this.#strikes = process.finished > 0 ? 0 : this.#strikes + 1
    // one that worked is replaced at once; one that never did, later and later
    const delayMs = this.#strikes <= 1 ? 0 : Math.min(maxBackoffMs, firstBackoffMs * 2 ** (this.#strikes - 2))
    this.#backoffUntil = performance.now() + delayMs
  }

  #onLost(call: Call, process: WorkerProcess, index: number): void {
    const hasBegun = process.isReady && !(this.#options.spec.isBlocking && index > 0)
    if (call.isSettled) {
      call.stream?.destroy(toCrashError(call.entry.fn, process.end, process.lastWords))
      this.#options.onFree(call)
    } else if (!hasBegun || (isRepeatable(call) && !call.isRepeated)) {
      call.isRepeated ||= hasBegun
      this.#wait(call, performance.now())
    } else {
      call.reject(toCrashError(call.entry.fn, process.end, process.lastWords))
      this.#options.onFree(call)
    }
  }

  #failWaiting(process: WorkerProcess): void {
    for (const call of this.#waiting.splice(0)) {
      call.reject(toCrashError(call.entry.fn, process.end, process.lastWords))
      this.#options.onFree(call)
    }
  }
}
