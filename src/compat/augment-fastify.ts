import type { Readable } from 'node:stream'
import type {
  FastifyContextConfig,
  FastifyInstance,
  FastifyReply,
  FastifySchema,
  RouteGenericInterface
} from 'fastify'
import type { CorsSetting } from './cors-policy.ts'

/** What the older pages document, for the compiler. Fastify's interfaces are merged with these. */
type ListenCallback = (error: Error | null, address: string) => void

/** `done` of a three-parameter `preParsing`. */
export type PreParsingDone = (error?: Error | null, payload?: Readable) => void

/** `config` and `schema` of the route, as `reply.context` had them before Fastify 5. */
export interface OldContext {
  readonly config: FastifyContextConfig & Record<string, unknown>
  readonly schema?: FastifySchema
}

declare module 'fastify' {
  interface RouteShorthandOptions {
    /** Functions that run just before the handler (Fastify 1's name for the route's `preHandler`). */
    beforeHandler?: RouteShorthandOptions['preHandler']
    /** Builds the validation function of a schema (Fastify 1 and 2). */
    schemaCompiler?: (schema: unknown) => (data: unknown) => unknown
    /** Version of the route: the same as `constraints.version`. */
    version?: string
    /** Cross-origin rules of this route; they win over those of its scope. */
    cors?: CorsSetting
  }

  interface FastifyRequest {
    /** The URL without its query. */
    readonly path: string
    /** The reply of this request, so that `({ request, reply }) => ...` works. */
    readonly reply: FastifyReply
    /** The request itself. */
    readonly request: FastifyRequest
    readonly context: OldContext
  }

  interface FastifyReply {
    readonly context: OldContext
    /** The argument order of Fastify 1 to 4. */
    redirect(code: number, url: string): FastifyReply
  }

  interface FastifyInstance {
    listen(port: number | string, callback: ListenCallback): void
    listen(port: number | string, host: string, callback: ListenCallback): void
    listen(port: number | string, host: string, backlog: number, callback: ListenCallback): void
    listen(port: number | string, host?: string, backlog?: number): Promise<string>
    /** Cross-origin rules for this context and everything below it. */
    setScopeCORS(setting?: CorsSetting): void
  }
}

export type { FastifyInstance, FastifyReply, RouteGenericInterface }
