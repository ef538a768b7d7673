import { performance } from 'node:perf_hooks'
import type { LoadedModule } from '../server/project.ts'

const PAUSE_MS = 20
/** Share of the time that the process was at work. */
const BUSY = 0.5

/**
 * Loads the modules of a build that no request has asked for yet, one after another, while there is little to do: so
 * that few first requests wait. What can not be loaded says so when it is asked for. Never keeps the process alive.
 */
export function startPreload(modules: Iterable<LoadedModule>, signal: AbortSignal): void {
  const waiting = [...modules].filter((module) => module.kind === 'lazy')
  let last = performance.eventLoopUtilization()

  function schedule(): void {
    if (waiting.length > 0 && !signal.aborted) setTimeout(() => void preloadNext(), PAUSE_MS).unref()
  }
  async function preloadNext(): Promise<void> {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    last = now
    if (utilization < BUSY && !signal.aborted) await waiting.pop()?.load()
    schedule()
  }
  schedule()
}
