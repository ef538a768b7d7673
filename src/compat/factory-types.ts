import type { Server } from 'node:http'
import type { Http2SecureServer, Http2Server } from 'node:http2'
import type { Server as HttpsServer } from 'node:https'
import type plainFastify from 'fastify'
import type {
  FastifyBaseLogger,
  FastifyHttp2Options,
  FastifyHttp2SecureOptions,
  FastifyHttpOptions,
  FastifyHttpsOptions,
  FastifyInstance,
  FastifyTypeProvider,
  FastifyTypeProviderDefault,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerBase,
  SafePromiseLike
} from 'fastify'

/** Options of ours, beside those of Fastify. */
export interface DialectOption {
  /** `'fastify1'`: an async handler that resolves with undefined waits for a late `reply.send()`. Default: Fastify 5's rule. */
  readonly dialect?: 'fastify1'
}

type Instance<
  Raw extends RawServerBase,
  Logger extends FastifyBaseLogger,
  Types extends FastifyTypeProvider
> = FastifyInstance<Raw, RawRequestDefaultExpression<Raw>, RawReplyDefaultExpression<Raw>, Logger, Types>

type Made<
  Raw extends RawServerBase,
  Logger extends FastifyBaseLogger,
  Types extends FastifyTypeProvider
> = Instance<Raw, Logger, Types> & SafePromiseLike<Instance<Raw, Logger, Types>>

/** `typeof fastify`, for each kind of server, with `DialectOption`. */
export interface CreateFastify {
  <
    Raw extends Http2SecureServer,
    Logger extends FastifyBaseLogger = FastifyBaseLogger,
    Types extends FastifyTypeProvider = FastifyTypeProviderDefault
  >(
    options: FastifyHttp2SecureOptions<Raw, Logger> & DialectOption
  ): Made<Raw, Logger, Types>
  <
    Raw extends Http2Server,
    Logger extends FastifyBaseLogger = FastifyBaseLogger,
    Types extends FastifyTypeProvider = FastifyTypeProviderDefault
  >(
    options: FastifyHttp2Options<Raw, Logger> & DialectOption
  ): Made<Raw, Logger, Types>
  <
    Raw extends HttpsServer,
    Logger extends FastifyBaseLogger = FastifyBaseLogger,
    Types extends FastifyTypeProvider = FastifyTypeProviderDefault
  >(
    options: FastifyHttpsOptions<Raw, Logger> & DialectOption
  ): Made<Raw, Logger, Types>
  <
    Raw extends Server,
    Logger extends FastifyBaseLogger = FastifyBaseLogger,
    Types extends FastifyTypeProvider = FastifyTypeProviderDefault
  >(
    options?: FastifyHttpOptions<Raw, Logger> & DialectOption
  ): Made<Raw, Logger, Types>
  errorCodes: typeof plainFastify.errorCodes
  LogController: typeof plainFastify.LogController
  fastify: CreateFastify
  default: CreateFastify
}
