/** Runs `then` once `isTrue` holds, at the latest after `maxMs`. */
export function pollUntil(isTrue: () => boolean, maxMs: number, then: () => void): void {
  const until = performance.now() + maxMs
  const timer = setInterval(() => {
    if (!isTrue() && performance.now() < until) return
    clearInterval(timer)
    then()
  }, 20)
}
