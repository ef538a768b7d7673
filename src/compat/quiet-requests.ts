import { LogController } from 'fastify'
import type { FastifyServerOptions } from 'fastify'

/** Fastify options with which requests have no lines in the log by themselves. */
export function toQuietRequests(): Pick<FastifyServerOptions, 'logController'> {
  return { logController: new LogController({ disableRequestLogging: true }) }
}
