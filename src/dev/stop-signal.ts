import type { StopSignal } from './dev-event.ts'

export interface SignalWait {
  /** Resolves with the first signal; never, once cancelled. */
  readonly signal: Promise<StopSignal>
  cancel(): void
}

/** Waits for Ctrl-C or a polite end. A second signal finds no listener, so it ends the process at once. */
export function waitForSignal(): SignalWait {
  let cancel = (): void => {}
  const signal = new Promise<StopSignal>((resolve) => {
    const onInterrupt = (): void => finish('SIGINT')
    const onTerminate = (): void => finish('SIGTERM')
    cancel = () => {
      process.off('SIGINT', onInterrupt)
      process.off('SIGTERM', onTerminate)
    }
    function finish(name: StopSignal): void {
      cancel()
      resolve(name)
    }
    process.on('SIGINT', onInterrupt)
    process.on('SIGTERM', onTerminate)
  })
  return { signal, cancel: () => cancel() }
}
