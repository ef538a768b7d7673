import type { EventEmitter } from 'node:events'

/** Signals that ask a server to end. */
export type StopSignal = 'SIGINT' | 'SIGTERM'

export interface SignalWait {
  /** Resolves with the first signal; never, once cancelled. */
  readonly signal: Promise<StopSignal>
  cancel(): void
}

/**
 * Waits for Ctrl-C or a polite end. A second signal finds no listener, so it ends the process at once.
 *
 * @param source `process`: whoever serves hands it in, as signals are theirs.
 */
export function waitForSignal(source: EventEmitter): SignalWait {
  let cancel = (): void => {}
  const signal = new Promise<StopSignal>((resolve) => {
    const onInterrupt = (): void => finish('SIGINT')
    const onTerminate = (): void => finish('SIGTERM')
    cancel = () => {
      source.off('SIGINT', onInterrupt)
      source.off('SIGTERM', onTerminate)
    }
    function finish(name: StopSignal): void {
      cancel()
      resolve(name)
    }
    source.on('SIGINT', onInterrupt)
    source.on('SIGTERM', onTerminate)
  })
  return { signal, cancel: () => cancel() }
}
