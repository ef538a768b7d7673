/** Signals that ask a server to end. */
export type StopSignal = 'SIGINT' | 'SIGTERM'

/** Resolves with the first signal. A second one finds no listener, so it ends the process at once. */
export async function waitForSignal(cancelled: AbortSignal): Promise<StopSignal | undefined> {
  return await new Promise((resolve) => {
    const onInterrupt = (): void => finish('SIGINT')
    const onTerminate = (): void => finish('SIGTERM')
    const onCancel = (): void => finish(undefined)
    function finish(signal: StopSignal | undefined): void {
      process.off('SIGINT', onInterrupt)
      process.off('SIGTERM', onTerminate)
      cancelled.removeEventListener('abort', onCancel)
      resolve(signal)
    }
    process.on('SIGINT', onInterrupt)
    process.on('SIGTERM', onTerminate)
    cancelled.addEventListener('abort', onCancel)
  })
}
