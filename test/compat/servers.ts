import type { AddressInfo } from 'node:net'
import plainFastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { onTestFinished } from 'vitest'
import { createFastify } from '../../src/compat/create-fastify.ts'

/** The same application twice: what plain Fastify does with it, and what ours does. */
export const factories = {
  plain: (options?: FastifyServerOptions) => plainFastify(options) as unknown as FastifyInstance,
  ours: (options?: FastifyServerOptions) => createFastify(options)
}

/** Starts on a free port of the loopback interface and closes with the test. */
export async function startServer(app: FastifyInstance): Promise<string> {
  onTestFinished(() => app.close())
  await app.listen({ port: 0, host: '127.0.0.1' })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

/** Collects log lines of level `warn` and up. */
export function createLog() {
  const lines: { level: number; msg?: string; err?: { code?: string; message?: string } }[] = []
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) }
  return { lines, logger: { level: 'warn', stream } }
}
