import type { FastifyBaseLogger } from 'fastify'

/** Work that handlers handed over with `waitUntil`. */
export interface BackgroundWork {
  add(work: Promise<unknown>): void
  /** Waits for all that is running, and for what that starts. */
  settle(): Promise<void>
}

/** A failure in the background is logged; it must not end the process, and nobody else is waiting for it. */
export function createBackgroundWork(toLogger: () => FastifyBaseLogger | undefined): BackgroundWork {
  const running = new Set<Promise<unknown>>()
  return {
    add(work) {
      const watched = Promise.resolve(work)
        .catch((error: unknown) => toLogger()?.error({ err: error }, 'work given to waitUntil failed'))
        .finally(() => running.delete(watched))
      running.add(watched)
    },
    async settle() {
      while (running.size > 0) await Promise.all(running)
    }
  }
}
