import type { AliveMessage } from './server-message.ts'

const MAX_INTERVAL_MS = 1_000

/** How often a process says that it lives, where it may be silent for so long. */
export function toSignIntervalMs(hangTimeoutMs: number): number {
  return Math.min(MAX_INTERVAL_MS, Math.ceil(hangTimeoutMs / 5))
}

/** Tells the supervisor from now on that the event loop turns; never, where `hangTimeoutMs` is 0. */
export function startSignsOfLife(hangTimeoutMs: number): void {
  if (hangTimeoutMs === 0) return
  const timer = setInterval(() => {
    const message: AliveMessage = { kind: 'treeway-alive', isInspected: isInspected() }
    if (process.connected) process.send?.(message)
  }, toSignIntervalMs(hangTimeoutMs))
  timer.unref()
  process.once('disconnect', () => clearInterval(timer))
}

/** Node can be built without an inspector; nobody has to wait for it to be loaded at the start. */
function isInspected(): boolean {
  return process.features.inspector && process.getBuiltinModule('node:inspector').url() !== undefined
}
