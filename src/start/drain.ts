import type { FastifyInstance } from 'fastify'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

export interface DrainOptions {
  /** How long idle connections may stay: with their next answer they are told to close. */
  readonly lingerMs: number
  /** How long requests in flight may take. */
  readonly graceMs: number
  /** Connections may still be on their way to this process. */
  readonly mayStillAccept: () => boolean
  /** What `holdIdleConnections` gave. */
  readonly cutIdle: () => void
}

/** A connection this long without a byte is one that a client opened and had no use for. */
const SILENT_MS = 1_000

/**
 * Keeps Node from cutting idle connections when the server's listening ends: one that looks idle may have a request on
 * its way. Returns the way to cut them after all, with those that never had a request, which Node does not count as idle.
 */
export function holdIdleConnections(server: Server): () => void {
  const cut = server.closeIdleConnections.bind(server)
  server.closeIdleConnections = () => undefined
  const openedAt = new Map<Socket, number>()
  server.on('connection', (socket) => {
    openedAt.set(socket, performance.now())
    socket.once('close', () => openedAt.delete(socket))
  })
  return function cutIdle() {
    cut()
    const latest = performance.now() - SILENT_MS
    for (const [socket, at] of openedAt) if (socket.bytesRead === 0 && at < latest) socket.destroy()
  }
}

/** How often is looked whether all connections have gone. */
const CHECK_MS = 20

/**
 * Ends a server that gets no new connections without losing a request: what is in flight ends; a connection that is kept alive
 * is told to close with its next answer, because cutting it could cut a request that is already on its way.
 */
export async function startDraining(app: FastifyInstance, options: DrainOptions): Promise<void> {
  const server = app.server as Server
  const startedAt = performance.now()
  server.prependListener('request', closeAfterAnswer)
  const passed = (): number => performance.now() - startedAt
  while ((options.mayStillAccept() || (await countConnections(server)) > 0) && passed() < options.graceMs) {
    if (passed() >= options.lingerMs) options.cutIdle()
    await wait(CHECK_MS)
  }
  server.closeAllConnections()
  await app.close()
}

function closeAfterAnswer(_request: IncomingMessage, response: ServerResponse): void {
  response.shouldKeepAlive = false
}

async function countConnections(server: Server): Promise<number> {
  return await new Promise((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)))
}
