import type { FastifyInstance, RouteShorthandOptions, onRequestAsyncHookHandler } from 'fastify'
import { ownRouteKey } from '../routes/route.ts'
import type { MetricsSnapshot, WorkerStats } from './metrics-snapshot.ts'
import { watchProcess } from './process-facts.ts'
import { recordRequests } from './request-recorder.ts'
import { METRICS_TYPE, toPrometheusText } from './to-prometheus-text.ts'

/** Gives this process' numbers to whoever adds up those of all, and gets the sums. */
export type ShareMetrics = (readOwn: () => MetricsSnapshot) => () => Promise<MetricsSnapshot>

export interface MetricsOptions {
  readonly path: string
  /** Refuses those who may not see it. Absent: everybody may. */
  readonly guard?: onRequestAsyncHookHandler
  readonly readWorkers: () => readonly WorkerStats[]
  /** Default: this process is the only one. */
  readonly share?: ShareMetrics | undefined
}

/**
 * Counts from here on, and answers with the numbers in Prometheus' format. The page is in a context of its own, ahead of
 * boot files, so that no guard of the tree keeps monitoring out.
 */
export async function registerMetrics(app: FastifyInstance, options: MetricsOptions): Promise<void> {
  const { path, guard, readWorkers, share } = options
  const recorder = recordRequests(app)
  const watch = watchProcess()
  app.addHook('onClose', async () => watch.stop())
  const readOwn = (): MetricsSnapshot => ({
    requests: recorder.readSeries(),
    inFlight: recorder.countInFlight(),
    workers: readWorkers(),
    process: watch.read()
  })
  const readAll = share?.(readOwn) ?? (async () => readOwn())
  const route = {
    schema: { hide: true },
    logLevel: 'warn',
    config: { [ownRouteKey]: true },
    ...(guard ? { onRequest: guard } : {})
  } as RouteShorthandOptions
  await app.register(async function metrics(instance) {
    instance.get(path, route, async (_request, reply) => {
      const text = toPrometheusText(await readAll())
      return reply.type(METRICS_TYPE).header('cache-control', 'no-store').send(text)
    })
  })
}
