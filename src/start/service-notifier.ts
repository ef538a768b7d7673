import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Environment } from '../config/config.ts'

/** What systemd asked of a service of `Type=notify`, by the variables it gave. */
export interface ServiceSettings {
  /** Milliseconds between two signs of life; undefined where none is asked for. */
  readonly watchdogMs: number | undefined
}

/** Undefined where nobody listens: not started by systemd, or not as `Type=notify`. */
export function readServiceSettings(environment: Environment, pid: number): ServiceSettings | undefined {
  if (!environment['NOTIFY_SOCKET']) return undefined
  const { WATCHDOG_USEC, WATCHDOG_PID } = environment
  const isOurs = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === pid
  const usec = Number(WATCHDOG_USEC ?? 0)
  // Half of it, as sd_watchdog_enabled(3) advises.
  return { watchdogMs: isOurs && usec > 0 ? usec / 2000 : undefined }
}

export interface ServiceNotifierOptions {
  readonly settings: ServiceSettings | undefined
  /** Told once: systemd does not hear us, and why. */
  readonly onFailed: (reason: string) => void
}

const run = promisify(execFile)
const COMMAND = 'systemd-notify'

/**
 * Tells systemd how the service is. Node has no datagram sockets of Unix, so `systemd-notify` sends: a child of ours, which
 * the unit must allow with `NotifyAccess=all`. Without settings it does nothing.
 */
export class ServiceNotifier {
  readonly #options: ServiceNotifierOptions
  #sending: Promise<void> = Promise.resolve()
  #watchdog: NodeJS.Timeout | undefined
  #hasFailed = false

  constructor(options: ServiceNotifierOptions) {
    this.#options = options
  }

  /** @param status One line for `systemctl status`. */
  tellReady(status: string): void {
    this.#send('READY=1', `STATUS=${status}`)
    const { watchdogMs } = this.#options.settings ?? {}
    if (watchdogMs !== undefined) {
      this.#watchdog ??= setInterval(() => this.#send('WATCHDOG=1'), watchdogMs)
    }
  }

  tellReloading(): void {
    // The clock tells systemd which READY belongs to which reload: it wants CLOCK_MONOTONIC, which this is.
    const usec = process.hrtime.bigint() / 1000n
    this.#send('RELOADING=1', `MONOTONIC_USEC=${usec}`, 'STATUS=Replacing the server processes one by one')
  }

  tellStopping(): void {
    this.#send('STOPPING=1', 'STATUS=Requests in flight end')
  }

  /** Ends the signs of life and waits for what is being sent. */
  async stop(): Promise<void> {
    clearInterval(this.#watchdog)
    await this.#sending
  }

  /** One after another: systemd must not hear READY before RELOADING. */
  #send(...variables: string[]): void {
    if (this.#options.settings === undefined || this.#hasFailed) return
    this.#sending = this.#sending.then(async () => {
      try {
        if (!this.#hasFailed) await run(COMMAND, variables)
      } catch (error) {
        this.#hasFailed = true
        clearInterval(this.#watchdog)
        this.#options.onFailed(toReason(error))
      }
    })
  }
}

function toReason(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
    return `the command ${COMMAND} is missing; install the package systemd, or use Type=exec in the unit`
  return error instanceof Error ? error.message.trim() : String(error)
}
