import type { FastifyInstance } from 'fastify'
import { performance } from 'node:perf_hooks'
import { openApp } from '../app.ts'
import type { Config } from '../config/config.ts'
import { toListenError } from '../server/listen-error.ts'
import { waitForSignal } from './stop-signal.ts'
import type { StopSignal } from './stop-signal.ts'

export interface StartServerOptions {
  readonly config: Config
  /** A signal came: no new connection is taken, requests in flight may end. */
  readonly onStopping?: (signal: StopSignal) => void
}

export interface RunningServer {
  readonly app: FastifyInstance
  readonly url: string
  readonly startMs: number
  /** Resolves when the server has stopped, with the signal that stopped it, if one did. */
  readonly stopped: Promise<StopSignal | undefined>
  stop(): Promise<void>
}

/**
 * Serves a tree for production, in one process for now.
 *
 * @throws TreewayError TREEWAY_PORT_TAKEN, or the code of the first problem with all of them in `problems`.
 */
export async function startServer({ config, onStopping }: StartServerOptions): Promise<RunningServer> {
  const startedAt = performance.now()
  const fastify = { logger: { level: config.logLevel }, ...config.fastify }
  const { app } = await openApp(
    { dir: config.dir, problems: 'refuse', config, fastify },
    { keepsCaches: true }
  )
  const url = await listen(app, config)
  const cancel = new AbortController()
  const stop = once(async () => {
    cancel.abort()
    await closeApp(app, config.gracePeriodMs)
  })
  const stopped = waitForSignal(cancel.signal).then(async (signal) => {
    if (signal) onStopping?.(signal)
    await stop()
    return signal
  })
  return { app, url, startMs: performance.now() - startedAt, stopped, stop }
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    await app.close()
    throw toListenError(error, { host, port })
  }
}

/** How often connections are closed whose last request has ended: Node would keep them for `keepAliveTimeout`. */
const IDLE_CHECK_MS = 50

/** Requests in flight may end; what is left after the grace period is cut. */
async function closeApp(app: FastifyInstance, graceMs: number): Promise<void> {
  const idle = setInterval(() => app.server.closeIdleConnections(), IDLE_CHECK_MS)
  const grace = setTimeout(() => app.server.closeAllConnections(), graceMs)
  await app.close()
  clearInterval(idle)
  clearTimeout(grace)
}

function once(stop: () => Promise<void>): () => Promise<void> {
  let stopping: Promise<void> | undefined
  return async function stopOnce() {
    stopping ??= stop()
    await stopping
  }
}
