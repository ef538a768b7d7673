import type { FastifyInstance } from 'fastify'
import { performance } from 'node:perf_hooks'
import { openApp } from '../app.ts'
import type { Config } from '../config/config.ts'
import type { ShareMetrics } from '../metrics/register-metrics.ts'
import type { Readiness } from '../server/health.ts'
import { toListenError } from '../server/listen-error.ts'

/** An app that takes requests. */
export interface RunningApp {
  readonly app: FastifyInstance
  /** Set to false while the process drains. */
  readonly readiness: Readiness
  readonly url: string
  readonly startMs: number
}

/**
 * Builds the app for production and listens. A closing app goes on answering: whoever drains it says when it is over.
 *
 * @throws TreewayError TREEWAY_PORT_TAKEN, or the code of the first problem with all of them in `problems`.
 */
export async function listenForApp(config: Config, shareMetrics: ShareMetrics): Promise<RunningApp> {
  const startedAt = performance.now()
  const readiness: Readiness = { isReady: true }
  const fastify = { logger: { level: config.logLevel }, return503OnClosing: false, ...config.fastify }
  const { app } = await openApp(
    { dir: config.dir, problems: 'refuse', config, fastify },
    { keepsCaches: true, readiness, shareMetrics }
  )
  const url = await listen(app, config)
  return { app, url, readiness, startMs: performance.now() - startedAt }
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    await app.close()
    throw toListenError(error, { host, port })
  }
}
