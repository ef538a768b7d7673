import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { TreewayError } from '../errors.ts'

const LOCAL_ADDRESS = /^(?:::ffff:)?127\.|^::1$/
const LOCAL_HOST = /^(?:(?:[\w-]+\.)*localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/i

/**
 * Refuses everybody who is not on this machine (403). The peer's own address counts, whatever a proxy says; and the
 * Host header must name this machine too, so that no website reaches us by giving its name our address.
 */
export async function refuseOthers(request: FastifyRequest, _reply: FastifyReply): Promise<void> {
  if (isLocalRequest(request.raw)) return
  throw new TreewayError('TREEWAY_LOCAL_ONLY', 'This page answers only the machine that it runs on.')
}

/** Sent by this machine, to a name that is this machine's own. */
export function isLocalRequest({ socket, headers }: IncomingMessage): boolean {
  return LOCAL_ADDRESS.test(socket.remoteAddress ?? '') && LOCAL_HOST.test(headers.host ?? 'localhost')
}
