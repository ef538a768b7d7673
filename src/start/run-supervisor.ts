import { availableParallelism } from 'node:os'
import type { Config } from '../config/config.ts'
import { removePidFile, writePidFile } from './pid-file.ts'
import { waitForSignal } from './stop-signal.ts'
import type { StopSignal } from './stop-signal.ts'
import { Supervisor } from './supervisor.ts'
import type { SupervisorEvent } from './supervisor.ts'

export type RunEvent =
  | SupervisorEvent
  | { readonly kind: 'stopping'; readonly signal: StopSignal }
  | { readonly kind: 'pid-file-failed'; readonly reason: string }

export interface SupervisorEnd {
  /** The first process could not start. */
  readonly exitCode?: number
  readonly signal?: StopSignal
}

/** Supervises until a signal ends it: SIGTERM and SIGINT drain, SIGHUP replaces the processes one by one. */
export async function runSupervisor(
  config: Config,
  onEvent: (event: RunEvent) => void
): Promise<SupervisorEnd> {
  const supervisor = new Supervisor({
    count: config.workers === 0 ? availableParallelism() : config.workers,
    gracePeriodMs: config.gracePeriodMs,
    onEvent
  })
  const cancel = new AbortController()
  const signalled = waitForSignal(cancel.signal)
  const onHangUp = (): void => void supervisor.reload()
  process.on('SIGHUP', onHangUp)
  try {
    const exitCode = await supervisor.start()
    if (exitCode !== undefined) return { exitCode }
    await writePidFile(config).catch((error: unknown) =>
      onEvent({ kind: 'pid-file-failed', reason: String(error) })
    )
    const signal = await signalled
    if (signal) onEvent({ kind: 'stopping', signal })
    await supervisor.stop()
    return signal ? { signal } : {}
  } finally {
    cancel.abort()
    process.off('SIGHUP', onHangUp)
    await removePidFile(config)
  }
}
