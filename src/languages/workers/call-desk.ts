import type { TreewayError } from '../../errors.ts'
import type { WorkerAnswer, WorkerFunction, WorkerRequest } from '../language.ts'
import { Call, type FunctionEntry } from './call.ts'
import { toBusyError, toClientGoneError, toTimeoutError } from './to-error.ts'

export interface DeskOptions {
  readonly maxQueue: number
  /** Gives the call to a pool. Throws what keeps the function from being called. */
  readonly dispatch: (call: Call, now: number) => void
  /** Run about 50 times a second while calls are open, until it returns true. */
  readonly sweep: (now: number) => boolean
}

const SWEEP_MS = 20
/** From `cancel` after a time-out to the worker being called stuck. */
const STUCK_AFTER_MS = 1000
/** The same where the client went away: nothing is late then, so there is no hurry. */
const STUCK_AFTER_GONE_MS = 30_000

/** Where calls come in: places and queues per function, time limits, clients that went away. */
export class CallDesk {
  /** Calls that a worker had and that ran out of time. */
  timeouts = 0
  readonly #options: DeskOptions
  /** A function may be handed in as a new object each time: the same content is the same function. */
  readonly #entries = new Map<string, FunctionEntry>()
  readonly #entryOf = new WeakMap<WorkerFunction, FunctionEntry>()
  /** Not settled yet. */
  readonly #open = new Set<Call>()
  readonly #onSettled = (call: Call): void => void this.#open.delete(call)
  #timer: NodeJS.Timeout | undefined

  constructor(options: DeskOptions) {
    this.#options = options
  }

  /** Somebody waits for an answer. */
  get isBusy(): boolean {
    return this.#open.size > 0
  }

  /** Calls that have no place yet. */
  countQueued(): number {
    let count = 0
    for (const { queue } of this.#entries.values()) count += queue.length
    return count
  }

  /** Not async, nor is what calls it: each layer would be a turn of the microtask queue. */
  enter(fn: WorkerFunction, request: WorkerRequest): Promise<WorkerAnswer> {
    const entry = this.toEntry(fn)
    const { maxQueue } = this.#options
    if (entry.queue.length >= maxQueue)
      return Promise.reject(toBusyError(fn, `${maxQueue} requests wait for it already`))
    const call = new Call(entry, request, this.#onSettled)
    this.#open.add(call)
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS)
    if (entry.running < fn.maxConcurrency) this.run(call, call.sentAt)
    else entry.queue.push(call)
    return call.answered
  }

  /** A call's last frame has come, or its process is gone. */
  leave({ entry }: Call): void {
    entry.running--
    while (entry.queue.length > 0 && entry.running < entry.fn.maxConcurrency) {
      const next = entry.queue.shift()
      if (next !== undefined && !next.isSettled) this.run(next, performance.now())
    }
  }

  /** Takes a place and gives the call to a process. */
  run(call: Call, now: number): void {
    call.entry.running++
    try {
      this.#options.dispatch(call, now)
    } catch (error) {
      call.entry.running--
      call.reject(error)
    }
  }

  toEntry(fn: WorkerFunction): FunctionEntry {
    return this.#entryOf.get(fn) ?? this.#addEntry(fn)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #addEntry(fn: WorkerFunction): FunctionEntry {
    const key = JSON.stringify([fn.file, fn.name, fn.handler, fn.env, fn.timeoutMs, fn.maxConcurrency])
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      entry = { fn, number: this.#entries.size + 1, running: 0, queue: [], meanMs: undefined }
      this.#entries.set(key, entry)
    }
    this.#entryOf.set(fn, entry)
    return entry
  }

  /** One timer for all calls: a timer and an abort listener for each would cost more than the rest of the desk. */
  #sweep(): void {
    const now = performance.now()
    for (const call of this.#open) {
      if (call.request.signal.aborted) this.#giveUp(call, toClientGoneError(call.entry.fn), now)
      else if (now > call.deadline) this.#giveUp(call, toLateError(call), now)
    }
    if (!this.#options.sweep(now) || this.isBusy) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #giveUp(call: Call, error: TreewayError, now: number): void {
    const { timeoutMs } = call.entry.fn
    const isLate = error.code !== 'TREEWAY_CLIENT_GONE'
    call.stuckAt = now + (isLate ? STUCK_AFTER_MS : Math.max(timeoutMs, STUCK_AFTER_GONE_MS))
    if (error.code === 'TREEWAY_TIMEOUT') this.timeouts++
    call.reject(error)
    call.process?.cancel(call)
  }
}

/** A call that never reached a worker may be tried again; one that did was too slow. */
function toLateError(call: Call): TreewayError {
  if (call.process !== undefined) return toTimeoutError(call.entry.fn)
  return toBusyError(call.entry.fn, 'no place became free within its time limit')
}
