import cluster from 'node:cluster'
import type { Config } from '../config/config.ts'
import { holdIdleConnections, startDraining } from './drain.ts'
import { isDrainMessage } from './server-message.ts'
import type { ReadyMessage } from './server-message.ts'
import { listenForApp } from './listen-for-app.ts'
import type { RunningApp } from './listen-for-app.ts'
import { createMetricsSharing } from './share-metrics.ts'
import { startSignsOfLife } from './signs-of-life.ts'

export interface ServerProcess extends RunningApp {
  /** The first one of its supervisor: what is to be said once, it says. */
  readonly isFirst: boolean
  /** Resolves when the process has drained; then it may end. */
  readonly drained: Promise<void>
}

/**
 * One of the processes that a supervisor keeps: serves until the supervisor says to drain, or is gone. Signals of the
 * terminal reach the whole group and are the supervisor's to answer.
 */
export async function runServerProcess(config: Config): Promise<ServerProcess> {
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => undefined)
  process.on('SIGHUP', () => undefined)
  const metrics = createMetricsSharing()
  const running = await listenForApp(config, metrics.share)
  const drained = waitForDrain(running, config.gracePeriodMs).then(metrics.tellLast)
  const ready: ReadyMessage = { kind: 'treeway-ready', url: running.url }
  process.send?.(ready)
  startSignsOfLife(config.hangTimeoutMs)
  return { ...running, isFirst: cluster.worker?.id === 1, drained }
}

async function waitForDrain({ app, readiness }: RunningApp, graceMs: number): Promise<void> {
  const cutIdle = holdIdleConnections(app.server)
  const lingerMs = await new Promise<number>((resolve) => {
    process.on('message', (message) => isDrainMessage(message) && resolve(message.lingerMs))
    process.once('disconnect', () => resolve(0))
  })
  readiness.isReady = false
  await startDraining(app, { lingerMs, graceMs, cutIdle, mayStillAccept: () => process.connected })
}
