import type { FastifyReply, FastifyRequest } from 'fastify'
import { TreewayError } from '../errors.ts'

/**
 * Refuses hosts that `invoke.allow_hosts` does not list (421). Looks at the Host header alone: X-Forwarded-Host can be
 * written by anyone. `*.example.org` allows every name below it.
 */
export function createHostGuard(
  allowHosts: readonly string[]
): (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void {
  const exact = new Set(allowHosts.filter((host) => !host.startsWith('*.')).map((host) => host.toLowerCase()))
  const suffixes = allowHosts
    .filter((host) => host.startsWith('*.'))
    .map((host) => host.slice(1).toLowerCase())
  return function guardHost(request, _reply, done) {
    const host = toHostName(request.headers.host ?? '')
    if (exact.has(host) || suffixes.some((suffix) => host.endsWith(suffix))) done()
    else
      done(
        new TreewayError('TREEWAY_HOST_NOT_ALLOWED', `This function does not answer for the host "${host}".`)
      )
  }
}

function toHostName(header: string): string {
  return header.replace(/:\d+$/, '').toLowerCase()
}
