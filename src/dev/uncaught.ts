/** Reports what handlers throw outside of any request, which would end the process. Returns how to stop. */
export function catchUncaught(onError: (error: unknown) => void): () => void {
  process.on('uncaughtException', onError)
  process.on('unhandledRejection', onError)
  return function stopCatching() {
    process.off('uncaughtException', onError)
    process.off('unhandledRejection', onError)
  }
}
