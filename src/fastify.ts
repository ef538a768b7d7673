/**
 * `treeway/fastify`: a drop-in for `fastify` that also keeps what the pages of Fastify 1 to 4 promise.
 *
 * @example
 * import Fastify from 'treeway/fastify'
 * const app = Fastify({ logger: true })
 */
import plainFastify from 'fastify'
import { createFastify } from './compat/create-fastify.ts'
import type { CreateFastify } from './compat/factory-types.ts'

export type {
  AddContentTypeParser,
  ConnectionError,
  ConstructorAction,
  ContextConfigDefault,
  DoneFuncWithErrOrRes,
  FastifyBaseLogger,
  FastifyBodyParser,
  FastifyContentTypeParser,
  FastifyContextConfig,
  FastifyError,
  FastifyErrorCodes,
  FastifyHttp2Options,
  FastifyHttp2SecureOptions,
  FastifyHttpOptions,
  FastifyHttpsOptions,
  FastifyInstance,
  FastifyListenOptions,
  FastifyLogFn,
  FastifyLoggerInstance,
  FastifyLoggerOptions,
  FastifyPlugin,
  FastifyPluginAsync,
  FastifyPluginCallback,
  FastifyPluginOptions,
  FastifyRegister,
  FastifyRegisterOptions,
  FastifyReply,
  FastifyReplyContext,
  FastifyRequest,
  FastifyRequestContext,
  FastifyRouterOptions,
  FastifySchema,
  FastifySchemaCompiler,
  FastifySchemaValidationError,
  FastifySerializerCompiler,
  FastifyServerFactory,
  FastifyServerFactoryHandler,
  FastifyServerOptions,
  FastifyTypeProvider,
  FastifyTypeProviderDefault,
  getDefaultJsonParser,
  hasContentTypeParser,
  HookHandlerDoneFunction,
  HTTPMethods,
  InjectOptions,
  LightMyRequestCallback,
  LightMyRequestChain,
  LightMyRequestResponse,
  LogLevel,
  onCloseAsyncHookHandler,
  onCloseHookHandler,
  onErrorAsyncHookHandler,
  onErrorHookHandler,
  onListenAsyncHookHandler,
  onListenHookHandler,
  onReadyAsyncHookHandler,
  onReadyHookHandler,
  onRegisterHookHandler,
  onRequestAbortAsyncHookHandler,
  onRequestAbortHookHandler,
  onRequestAsyncHookHandler,
  onRequestHookHandler,
  onResponseAsyncHookHandler,
  onResponseHookHandler,
  onRouteHookHandler,
  onSendAsyncHookHandler,
  onSendHookHandler,
  onTimeoutAsyncHookHandler,
  onTimeoutHookHandler,
  preCloseAsyncHookHandler,
  preCloseHookHandler,
  preHandlerAsyncHookHandler,
  preHandlerHookHandler,
  preParsingAsyncHookHandler,
  preParsingHookHandler,
  preSerializationAsyncHookHandler,
  preSerializationHookHandler,
  preValidationAsyncHookHandler,
  preValidationHookHandler,
  PrintRoutesOptions,
  ProtoAction,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerBase,
  RawServerDefault,
  RegisterOptions,
  RequestBodyDefault,
  RequestGenericInterface,
  RequestHeadersDefault,
  RequestParamsDefault,
  RequestPayload,
  RequestQuerystringDefault,
  RouteGenericInterface,
  RouteHandler,
  RouteHandlerMethod,
  RouteOptions,
  RouteShorthandMethod,
  RouteShorthandOptions,
  RouteShorthandOptionsWithHandler,
  SafePromiseLike,
  ValidationResult
} from 'fastify'
export type { CorsOptions, CorsSetting } from './compat/cors-policy.ts'
export type { TreewayFastifyOptions } from './compat/create-fastify.ts'
export type { PreParsingDone } from './compat/augment-fastify.ts'

export const { errorCodes, LogController } = plainFastify

/** Makes a server; takes all options of `fastify()`, and `dialect`. */
export const fastify: CreateFastify = Object.assign(createFastify, {
  errorCodes,
  LogController
}) as unknown as CreateFastify
fastify.fastify = fastify
fastify.default = fastify

export default fastify
// require('treeway/fastify')() works as require('fastify')() does
export { fastify as 'module.exports' }
