import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { createApp } from './app.ts'
import type { AppOptions } from './app.ts'

/** A running app on a port of its own, for users' tests. */
export interface TestServer {
  readonly app: FastifyInstance
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string
  /** `fetch` with a path of this server. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  close(): Promise<void>
}

/**
 * Serves a tree on a free port of this machine. Quiet unless `fastify.logger` says otherwise.
 *
 * @example
 * const server = await startTestServer({ dir: 'functions' })
 * const answer = await server.fetch('/users/42')
 * await server.close()
 */
export async function startTestServer(options: AppOptions): Promise<TestServer> {
  const app = await createApp(options)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    app,
    url,
    fetch: (path, init) => fetch(new URL(path, url), init),
    close: async () => {
      app.server.closeAllConnections()
      await app.close()
    }
  }
}
