import cluster from 'node:cluster'
import type { Worker } from 'node:cluster'
import { once } from 'node:events'
import { rescueConnections } from './hand-over.ts'
import { HangWatch } from './hang-watch.ts'
import { MetricsDesk } from './metrics-desk.ts'
import { isReadyMessage } from './server-message.ts'
import type { DrainMessage } from './server-message.ts'

export interface SupervisorOptions {
  /** How many server processes. */
  readonly count: number
  /** Milliseconds that a process gets to end its requests. */
  readonly gracePeriodMs: number
  /** Milliseconds that a process may give no sign of life before it is replaced; 0 for ever. */
  readonly hangTimeoutMs: number
  readonly onEvent: (event: SupervisorEvent) => void
}

export type SupervisorEvent =
  | { readonly kind: 'ready'; readonly url: string; readonly count: number }
  | { readonly kind: 'died'; readonly pid: number; readonly reason: string; readonly delayMs: number }
  | { readonly kind: 'reloading' | 'reloaded' }
  | { readonly kind: 'reload-failed'; readonly reason: string }

const FIRST_DELAY_MS = 100
const MAX_DELAY_MS = 10_000
/** A process that served this long has shown that it can: the next crash starts from the first delay again. */
const HEALTHY_MS = 10_000
/** On a reload idle connections are told to close with their next answer, and only cut when they stay quiet. */
const RELOAD_LINGER_MS = 2_000
/** After the grace period a process cuts its connections by itself; one that does not is ended. */
const KILL_AFTER_MS = 2_000

/** This process serves; another one supervises it. */
export function isServerProcess(): boolean {
  return cluster.isWorker
}

/**
 * Keeps a number of server processes running, each of them this program again. One that dies is replaced, after a
 * delay that grows with each crash; `reload` replaces them one by one, the new one serving before the old one drains.
 */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #servers = new Set<Worker>()
  /** Those of them that take connections. */
  readonly #serving = new Set<Worker>()
  readonly #timers = new Set<NodeJS.Timeout>()
  /** In a row. */
  #crashes = 0
  #allCrashes = 0
  #reloads = 0
  readonly #metrics = new MetricsDesk(() => ({
    processes: this.#servers.size,
    crashes: this.#allCrashes,
    reloads: this.#reloads
  }))
  readonly #watch: HangWatch
  readonly #hung = new WeakSet<Worker>()
  #stopping: Promise<void> | undefined
  #reloading: Promise<void> | undefined
  #wanted: number

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#wanted = options.count
    this.#watch = new HangWatch({
      timeoutMs: options.hangTimeoutMs,
      onHung: (server) => {
        this.#hung.add(server)
        // It hears no other signal.
        server.process.kill('SIGKILL')
      }
    })
    // Its children are this program with the same arguments; a debugger's port can be only one process'.
    cluster.setupPrimary({
      execArgv: process.execArgv.filter((flag) => !flag.startsWith('--inspect')),
      // The last one is LAST_METRICS_FD.
      stdio: ['inherit', 'inherit', 'inherit', 'ipc', 'pipe']
    })
  }

  /** Starts the processes. Resolves with an exit code where the first one could not start: it has told why. */
  async start(): Promise<number | undefined> {
    const first = await this.#spawn()
    if ('exitCode' in first) return first.exitCode
    const others = Array.from({ length: this.#options.count - 1 }, () => this.#spawn())
    await Promise.all(others)
    this.#options.onEvent({ kind: 'ready', url: first.url, count: this.#servers.size })
    return undefined
  }

  /** Replaces the processes one by one. A new one that can not start leaves the old ones in place. */
  async reload(): Promise<void> {
    this.#reloading ??= this.#reloadAll().finally(() => (this.#reloading = undefined))
    await this.#reloading
  }

  /** Lets requests in flight end, within the grace period, and ends every process. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stopAll()
    await this.#stopping
  }

  async #reloadAll(): Promise<void> {
    this.#options.onEvent({ kind: 'reloading' })
    for (const old of [...this.#servers]) {
      if (this.#stopping) return
      const next = await this.#spawn()
      if ('exitCode' in next) {
        this.#options.onEvent({
          kind: 'reload-failed',
          reason: `the new process ended with ${next.exitCode}`
        })
        return
      }
      await this.#drain(old, RELOAD_LINGER_MS)
    }
    this.#reloads++
    this.#options.onEvent({ kind: 'reloaded' })
  }

  async #stopAll(): Promise<void> {
    this.#wanted = 0
    this.#watch.stop()
    for (const timer of this.#timers) clearTimeout(timer)
    await Promise.all([...this.#servers].map((server) => this.#drain(server, 0)))
  }

  async #spawn(): Promise<{ readonly url: string } | { readonly exitCode: number }> {
    const server = cluster.fork()
    this.#servers.add(server)
    this.#metrics.add(server)
    rescueConnections(server, () => this.#serving.size > Number(this.#serving.has(server)))
    const ready = await waitForReady(server)
    if ('exitCode' in ready) {
      this.#servers.delete(server)
      return ready
    }
    this.#serving.add(server)
    this.#watch.add(server)
    const healthy = this.#later(HEALTHY_MS, () => (this.#crashes = 0)).unref()
    server.once('exit', (code, signal) => {
      clearTimeout(healthy)
      this.#servers.delete(server)
      this.#serving.delete(server)
      if (this.#servers.size < this.#wanted && !server.exitedAfterDisconnect) {
        this.#replace(server, this.#hung.has(server) ? this.#toSilence() : (signal ?? `exit code ${code}`))
      }
    })
    return ready
  }

  #replace(server: Worker, reason: string): void {
    this.#allCrashes++
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** this.#crashes++, MAX_DELAY_MS)
    this.#options.onEvent({ kind: 'died', pid: server.process.pid ?? 0, reason, delayMs })
    // Where it was the only one, nothing else keeps this process from ending.
    this.#later(delayMs, () => {
      if (this.#stopping) return
      void this.#spawn().then(
        (next) => 'exitCode' in next && this.#replace(server, `exit code ${next.exitCode}`)
      )
    })
  }

  #toSilence(): string {
    return `killed, as it gave no sign of life for ${this.#options.hangTimeoutMs} ms`
  }

  async #drain(server: Worker, lingerMs: number): Promise<void> {
    this.#servers.delete(server)
    this.#serving.delete(server)
    this.#watch.remove(server)
    if (server.isDead()) return
    const ended = once(server, 'exit')
    const message: DrainMessage = { kind: 'treeway-drain', lingerMs }
    if (server.isConnected()) {
      server.send(message)
      // Said here and not there: no connection is handed over any more from this moment, and the ones on their way to
      // the process arrive before the word to let go of the channel.
      server.disconnect()
    }
    const timer = setTimeout(
      () => server.process.kill('SIGKILL'),
      this.#options.gracePeriodMs + KILL_AFTER_MS
    )
    await ended
    clearTimeout(timer)
  }

  #later(delayMs: number, act: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, delayMs)
    this.#timers.add(timer)
    return timer
  }
}

async function waitForReady(
  server: Worker
): Promise<{ readonly url: string } | { readonly exitCode: number }> {
  return await new Promise((resolve) => {
    const onMessage = (message: unknown): void => {
      if (!isReadyMessage(message)) return
      server.off('exit', onExit)
      server.off('message', onMessage)
      resolve({ url: message.url })
    }
    const onExit = (code: number | null): void => resolve({ exitCode: code ?? 1 })
    server.on('message', onMessage)
    server.once('exit', onExit)
  })
}
