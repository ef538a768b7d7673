import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { ProcessFacts } from './metrics-snapshot.ts'

/** Looks at the process itself. */
export interface ProcessWatch {
  read(): ProcessFacts
  stop(): void
}

const NANO = 1e-9
const RESOLUTION_MS = 20

/** What happened in the event loop is told once: the next look is at what came after. */
export function watchProcess(): ProcessWatch {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  let last = performance.eventLoopUtilization()
  return {
    read() {
      const { rss, heapUsed, external } = process.memoryUsage()
      const { user, system } = process.cpuUsage()
      const now = performance.eventLoopUtilization()
      const { utilization } = performance.eventLoopUtilization(now, last)
      last = now
      const eventLoop = {
        p50Seconds: toLag(delay.percentile(50)),
        p99Seconds: toLag(delay.percentile(99)),
        maxSeconds: toLag(delay.max),
        utilization
      }
      delay.reset()
      return {
        cpuSeconds: (user + system) / 1e6,
        residentBytes: rss,
        heapUsedBytes: heapUsed,
        externalBytes: external,
        startSeconds: performance.timeOrigin / 1000,
        eventLoop
      }
    },
    stop: () => void delay.disable()
  }
}

/** The clock ticks every 20 ms: what is beyond that is lag. */
function toLag(nanoseconds: number): number {
  return Math.max(0, nanoseconds * NANO - RESOLUTION_MS / 1000)
}
