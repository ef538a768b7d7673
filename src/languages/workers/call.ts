import type { WorkerAnswer, WorkerFunction, WorkerRequest } from '../language.ts'
import type { AnswerStream } from './answer-stream.ts'
import type { WorkerProcess } from './worker-process.ts'

/** A function as its runtime knows it. */
export interface FunctionEntry {
  readonly fn: WorkerFunction
  /** Its number in frames. */
  readonly number: number
  /** Calls that hold one of its `maxConcurrency` places. */
  running: number
  /** Calls that wait for a place, oldest first. Settled ones are skipped. */
  readonly queue: Call[]
  /** Running mean of the time one call takes in a worker that does one at a time, in milliseconds. */
  meanMs: number | undefined
}

/** One invocation, from `invoke` to the worker's last frame. Times are those of `performance.now()`. */
export class Call {
  readonly entry: FunctionEntry
  readonly request: WorkerRequest
  readonly deadline: number
  /** What `invoke` returns. */
  readonly answered: Promise<WorkerAnswer>
  /** Where it was sent. */
  process: WorkerProcess | undefined
  /** Its number in frames. */
  id = 0
  sentAt: number
  /** How long its handler ran, in milliseconds, where the worker says so. */
  tookMs: number | undefined
  /** Since when it waits for a process. */
  waitsSince: number
  /** It was sent again after its worker died. */
  isRepeated = false
  /** Its worker is stuck when its last frame has not come by then. */
  stuckAt = Infinity
  stream: AnswerStream | undefined
  #isSettled = false
  readonly #onSettled: (call: Call) => void
  #resolve!: (answer: WorkerAnswer) => void
  #reject!: (error: unknown) => void

  constructor(entry: FunctionEntry, request: WorkerRequest, onSettled: (call: Call) => void) {
    const now = performance.now()
    this.entry = entry
    this.request = request
    this.deadline = now + entry.fn.timeoutMs
    this.sentAt = now
    this.waitsSince = now
    this.#onSettled = onSettled
    this.answered = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Whoever asked has an answer or an error: nobody waits any more. */
  get isSettled(): boolean {
    return this.#isSettled
  }

  resolve(answer: WorkerAnswer): void {
    if (this.#isSettled) return
    this.#settle()
    this.#resolve(answer)
  }

  reject(error: unknown): void {
    if (this.#isSettled) return
    this.#settle()
    this.#reject(error)
  }

  #settle(): void {
    this.#isSettled = true
    this.#onSettled(this)
  }
}
