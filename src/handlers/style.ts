import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { TreewayError } from '../errors.ts'
import type { Route, StyleName } from '../routes/route.ts'
import type { ChainStep } from './context-chain.ts'

/** What Fastify calls: `this` is the server of the route's scope. */
export type RouteHandler = (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply) => unknown

/** An exported value on its way to become a Fastify handler. */
export interface HandlerTarget {
  readonly route: Route
  readonly value: unknown
  readonly services: HandlerServices
  /**
   * Middleware that the handler of a context route runs before its own functions, as one chain. Undefined for a request
   * whose middleware was run already.
   */
  readonly around?: ((request: FastifyRequest) => readonly ChainStep[] | undefined) | undefined
}

/** What handlers get from the app around them. */
export interface HandlerServices {
  /** Values of the configuration's `env`: `context.env`, and part of `event.env`. */
  readonly env: Readonly<Record<string, unknown>>
  /** Work that goes on after the answer; the app waits for it before it closes. */
  waitUntil(work: Promise<unknown>): void
  /** Asks the static files, as `next()` at the end of a chain and `env.ASSETS.fetch` do. */
  fetchAsset(request: Request): Promise<Response>
}

/**
 * How Fastify treats the request's body before the handler runs. `parsed`: as its content type says. `text`: kept as
 * bytes for the event. `stream`: not touched, the handler reads it.
 */
export type BodyMode = 'parsed' | 'text' | 'stream'

/** One way to call an export (design.md section 4). Everything that can be known before a request is computed here. */
export interface Style {
  readonly name: StyleName
  readonly bodyMode: BodyMode
  /** Throws TREEWAY_EXPORT_INVALID where the value can not be called this way. */
  createHandler(target: HandlerTarget): RouteHandler
}

/** The error every style throws for a value that is no function. */
export function toExportError(target: HandlerTarget, expected: string): TreewayError {
  const { route, value } = target
  const message = `"${route.exportName}" of ${route.file} must be ${expected}; it is ${value === null ? 'null' : typeof value}.`
  return new TreewayError('TREEWAY_EXPORT_INVALID', message)
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
