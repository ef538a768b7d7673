import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const nearest = Symbol('treeway.cors')
const preflight = Symbol('treeway.preflight')

/**
 * Which CORS configuration holds for a context: the nearest one above or at it. A child context has its parent as
 * prototype, so the nearest is one property away, at any time.
 */
export function setNearest(context: FastifyInstance, owner: object): void {
  Reflect.set(context, nearest, owner)
}

export function readNearest(context: FastifyInstance): object | undefined {
  return Reflect.get(context, nearest) as object | undefined
}

/** Marks a route of our own that only exists to answer preflights, and whose they are. */
export function toPreflightConfig(owner: object): object {
  return { [preflight]: owner }
}

/** The owner of the preflight route this request met; undefined for every other route. */
export function readPreflightOwner(request: FastifyRequest): object | undefined {
  if (request.method !== 'OPTIONS') return undefined
  return Reflect.get(request.routeOptions.config, preflight) as object | undefined
}

/** A preflight route whose hooks let it pass: nobody is answerable for the URL. */
export function sendNoPreflight(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.callNotFound()
  return reply
}
