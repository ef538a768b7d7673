import type {
  ContextConfigDefault,
  FastifyBaseLogger,
  FastifyContextConfig,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchema,
  FastifyTypeProvider,
  FastifyTypeProviderDefault,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerBase,
  RawServerDefault,
  RequestPayload,
  RouteGenericInterface,
  RouteHandlerMethod,
  RouteOptions,
  RouteShorthandOptions
} from 'fastify'
import type { CorsSetting } from './cors-policy.ts'

/** What the older pages document, for the compiler: merged with Fastify's own interfaces. */
type ListenCallback = (error: Error | null, address: string) => void

/** `config` and `schema` of the route, as `reply.context` had them before Fastify 5. */
export interface OldContext {
  readonly config: FastifyContextConfig & Record<string, unknown>
  readonly schema?: FastifySchema
}

/** `done` of a three-parameter `preParsing`. */
export type PreParsingDone = (error?: Error | null, payload?: RequestPayload) => void

/** The third argument is `done` for the older pages and the body's stream for Fastify 5; here it is both. */
export type EitherPreParsing = (
  this: FastifyInstance,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: RequestPayload & PreParsingDone,
  done: PreParsingDone
) => void | Promise<unknown>

/** Options of a route that has a `preParsing` hook. */
export interface PreParsingOptions<
  RawServer extends RawServerBase,
  RawRequest extends RawRequestDefaultExpression<RawServer>,
  RawReply extends RawReplyDefaultExpression<RawServer>,
  RouteGeneric extends RouteGenericInterface,
  ContextConfig,
  SchemaCompiler extends FastifySchema,
  TypeProvider extends FastifyTypeProvider,
  Logger extends FastifyBaseLogger
> extends Omit<
  RouteShorthandOptions<
    RawServer,
    RawRequest,
    RawReply,
    RouteGeneric,
    ContextConfig,
    SchemaCompiler,
    TypeProvider,
    Logger
  >,
  'preParsing' | 'schema' | 'config'
> {
  preParsing: EitherPreParsing | EitherPreParsing[]
  schema?: SchemaCompiler
  config?: FastifyContextConfig & ContextConfig
}

/** The same for `route()`. */
export type PreParsingRoute = Omit<RouteOptions, 'preParsing'> & {
  preParsing: EitherPreParsing | EitherPreParsing[]
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

  interface RouteShorthandMethod<
    RawServer extends RawServerBase = RawServerDefault,
    RawRequest extends RawRequestDefaultExpression<RawServer> = RawRequestDefaultExpression<RawServer>,
    RawReply extends RawReplyDefaultExpression<RawServer> = RawReplyDefaultExpression<RawServer>,
    TypeProvider extends FastifyTypeProvider = FastifyTypeProviderDefault,
    Logger extends FastifyBaseLogger = FastifyBaseLogger
  > {
    <
      RouteGeneric extends RouteGenericInterface = RouteGenericInterface,
      ContextConfig = ContextConfigDefault,
      const SchemaCompiler extends FastifySchema = FastifySchema
    >(
      path: string,
      options: PreParsingOptions<
        RawServer,
        RawRequest,
        RawReply,
        RouteGeneric,
        ContextConfig,
        SchemaCompiler,
        TypeProvider,
        Logger
      >,
      handler: RouteHandlerMethod<
        RawServer,
        RawRequest,
        RawReply,
        RouteGeneric,
        ContextConfig,
        SchemaCompiler,
        TypeProvider,
        Logger
      >
    ): FastifyInstance<RawServer, RawRequest, RawReply, Logger, TypeProvider>
    <
      RouteGeneric extends RouteGenericInterface = RouteGenericInterface,
      ContextConfig = ContextConfigDefault,
      const SchemaCompiler extends FastifySchema = FastifySchema
    >(
      path: string,
      options: PreParsingOptions<
        RawServer,
        RawRequest,
        RawReply,
        RouteGeneric,
        ContextConfig,
        SchemaCompiler,
        TypeProvider,
        Logger
      > & {
        handler: RouteHandlerMethod<
          RawServer,
          RawRequest,
          RawReply,
          RouteGeneric,
          ContextConfig,
          SchemaCompiler,
          TypeProvider,
          Logger
        >
      }
    ): FastifyInstance<RawServer, RawRequest, RawReply, Logger, TypeProvider>
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
    route(options: PreParsingRoute): FastifyInstance
    /** Cross-origin rules for this context and everything below it. */
    setScopeCORS(setting?: CorsSetting): void
  }
}
