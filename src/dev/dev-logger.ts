import type { FastifyServerOptions } from 'fastify'
import { toQuietRequests } from '../compat/quiet-requests.ts'
import type { Config } from '../config/config.ts'

/** A line that a handler, a plugin or a worker logged. */
export interface LogLine {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'
  readonly message: string
  /** Of an error that was logged. */
  readonly stack?: string
  /** What else the line has. */
  readonly fields: Readonly<Record<string, unknown>>
}

/**
 * Fastify options that hand over what is logged. None where the configuration has a logger of its own: then that has
 * it, as it would in production.
 */
export function toLoggerOptions(
  config: Pick<Config, 'fastify' | 'logLevel'>,
  onLine: (line: LogLine) => void
): FastifyServerOptions {
  const { logLevel: level } = config
  if (hasOwnLogger(config)) return {}
  const stream = {
    write(text: string): void {
      onLine(parseLine(text))
    }
  }
  // Requests have lines of their own.
  return { logger: { level, base: null, stream }, ...toQuietRequests() }
}

export function hasOwnLogger({ fastify }: Pick<Config, 'fastify'>): boolean {
  return 'logger' in fastify || 'loggerInstance' in fastify
}

const LEVELS: Readonly<Record<number, LogLine['level']>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal'
}

/** Pino's JSON. */
export function parseLine(text: string): LogLine {
  const { level, time: _time, msg, err, reqId: _reqId, ...fields } = toRecord(JSON.parse(text))
  const { stack } = toRecord(err)
  return {
    level: LEVELS[Number(level)] ?? 'info',
    message: typeof msg === 'string' ? msg : '',
    ...(typeof stack === 'string' ? { stack } : {}),
    fields
  }
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
