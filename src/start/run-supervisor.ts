import { availableParallelism } from 'node:os'
import type { Config, Environment } from '../config/config.ts'
import { waitForSignal } from '../server/stop-signal.ts'
import type { StopSignal } from '../server/stop-signal.ts'
import { removePidFile, writePidFile } from './pid-file.ts'
import { ServiceNotifier, readServiceSettings } from './service-notifier.ts'
import { Supervisor } from './supervisor.ts'
import type { SupervisorEvent } from './supervisor.ts'

export type RunEvent =
  | SupervisorEvent
  | { readonly kind: 'stopping'; readonly signal: StopSignal }
  | { readonly kind: 'pid-file-failed' | 'notify-failed'; readonly reason: string }

export interface SupervisorEnd {
  /** The first process could not start. */
  readonly exitCode?: number
  readonly signal?: StopSignal
}

export interface RunSupervisorOptions {
  readonly config: Config
  /** Variables of the process: systemd says in them where it listens. */
  readonly environment: Environment
  readonly onEvent: (event: RunEvent) => void
}

/** Supervises until a signal ends it: SIGTERM and SIGINT drain, SIGHUP replaces the processes one by one. */
export async function runSupervisor(options: RunSupervisorOptions): Promise<SupervisorEnd> {
  const { config } = options
  const notifier = new ServiceNotifier({
    settings: readServiceSettings(options.environment, process.pid),
    onFailed: (reason) => options.onEvent({ kind: 'notify-failed', reason })
  })
  function onEvent(event: RunEvent): void {
    options.onEvent(event)
    tellService(notifier, event)
  }
  const supervisor = new Supervisor({
    count: config.workers === 0 ? availableParallelism() : config.workers,
    gracePeriodMs: config.gracePeriodMs,
    hangTimeoutMs: config.hangTimeoutMs,
    onEvent
  })
  const wait = waitForSignal(process)
  const onHangUp = (): void => void supervisor.reload()
  process.on('SIGHUP', onHangUp)
  try {
    const exitCode = await supervisor.start()
    if (exitCode !== undefined) return { exitCode }
    await writePidFile(config).catch((error: unknown) =>
      onEvent({ kind: 'pid-file-failed', reason: String(error) })
    )
    const signal = await wait.signal
    onEvent({ kind: 'stopping', signal })
    await supervisor.stop()
    return { signal }
  } finally {
    wait.cancel()
    process.off('SIGHUP', onHangUp)
    await removePidFile(config)
    await notifier.stop()
  }
}

function tellService(notifier: ServiceNotifier, event: RunEvent): void {
  if (event.kind === 'ready') notifier.tellReady(`${event.count} server processes at ${event.url}`)
  else if (event.kind === 'reloading') notifier.tellReloading()
  else if (event.kind === 'reloaded') notifier.tellReady('All server processes are new')
  else if (event.kind === 'reload-failed') notifier.tellReady(`The reload stopped: ${event.reason}`)
  else if (event.kind === 'stopping') notifier.tellStopping()
}
