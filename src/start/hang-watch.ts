import type { Worker } from 'node:cluster'
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { isAliveMessage } from './server-message.ts'
import { toSignIntervalMs } from './signs-of-life.ts'

export interface HangWatchOptions {
  /** Milliseconds that a process may be silent; 0 for ever. */
  readonly timeoutMs: number
  readonly onHung: (server: Worker) => void
}

interface Watched {
  silentMs: number
  isInspected: boolean
}

/**
 * Expects signs of life from server processes that serve. What is counted is only time in which this process itself was
 * awake: a machine that slept, or a container that was paused, finds nobody late.
 */
export class HangWatch {
  readonly #options: HangWatchOptions
  readonly #watched = new Map<Worker, Watched>()
  readonly #timer: NodeJS.Timeout | undefined
  #lastLookAt = performance.now()

  constructor(options: HangWatchOptions) {
    this.#options = options
    if (options.timeoutMs === 0) return
    const intervalMs = toSignIntervalMs(options.timeoutMs)
    this.#timer = setInterval(() => this.#look(intervalMs), intervalMs)
    this.#timer.unref()
  }

  /** From now on it has to give signs of life. */
  add(server: Worker): void {
    if (this.#timer === undefined) return
    this.#watched.set(server, { silentMs: 0, isInspected: false })
    server.on('message', (message: unknown) => {
      if (isAliveMessage(message) && this.#watched.has(server))
        this.#watched.set(server, { silentMs: 0, isInspected: message.isInspected })
    })
    server.once('exit', () => this.remove(server))
  }

  /** It ends, or drains: somebody else says for how long. */
  remove(server: Worker): void {
    this.#watched.delete(server)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#watched.clear()
  }

  #look(intervalMs: number): void {
    const now = performance.now()
    // A look that comes late counts as one in time: signs that came meanwhile are only read after it.
    const passedMs = Math.min(now - this.#lastLookAt, intervalMs)
    this.#lastLookAt = now
    for (const [server, watched] of this.#watched) {
      watched.silentMs += passedMs
      if (watched.silentMs < this.#options.timeoutMs || isHalted(server, watched)) continue
      this.remove(server)
      this.#options.onHung(server)
    }
  }
}

/** Somebody has stopped it to look at it. */
function isHalted({ process: { pid = 0 } }: Worker, { isInspected }: Watched): boolean {
  return isInspected || /^[Tt]$/.test(readState(pid))
}

/** One letter, as proc(5) has it: T is stopped by a signal, t by a debugger. Empty where the platform does not tell. */
function readState(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program stands before it, and may hold anything.
    return text.slice(text.lastIndexOf(')') + 2, text.lastIndexOf(')') + 3)
  } catch {
    return ''
  }
}
