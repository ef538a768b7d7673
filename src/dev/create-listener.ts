import type { FastifyServerOptions } from 'fastify'
import { createServer } from 'node:http'
import type { RequestListener, Server, ServerOptions } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { ServerOptions as TlsServerOptions } from 'node:https'
import type { Config } from '../config/config.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

/** The server that keeps the port while apps come and go: plain, or TLS where the configuration has `fastify.https`. */
export function createListener(fastify: FastifyServerOptions, onRequest: RequestListener): Server {
  if ('https' in fastify && fastify.https)
    return createTlsServer(fastify.https as TlsServerOptions, onRequest)
  const options = 'http' in fastify && fastify.http ? (fastify.http as ServerOptions) : {}
  return createServer(options, onRequest)
}

/** The URL of that server. */
export function toServerUrl({ host, fastify }: Pick<Config, 'host' | 'fastify'>, port: number): string {
  const scheme = 'https' in fastify && fastify.https ? 'https' : 'http'
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Resolves with the port that it listens on; rejects as Node does, EADDRINUSE for a taken port. */
export async function listen(server: Server, { host, port }: Address): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

/** Ends all connections: what is idle at once, what is busy when its request ends or after `graceMs`. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearTimeout(timer)
}
