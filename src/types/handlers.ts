import type { EventContext as AnyContext } from '../handlers/context-chain.ts'
import type { HandlerEvent as AnyEvent } from '../handlers/create-event.ts'
import type { RouteName, TypesOf } from './routes.ts'

/**
 * What a handler of the event style gets. Named with its route, it knows its parameters and its query.
 *
 * @example export const handler = ({ params }: HandlerEvent<'/users/:id'>) => params.id
 */
export type HandlerEvent<Name extends RouteName = '*'> = Omit<
  AnyEvent,
  'params' | 'path_params' | 'query'
> & {
  readonly params: ParamsOf<Name>
  readonly path_params: ParamsOf<Name>
  readonly query: QueryOf<Name>
}

/**
 * What a handler of the context style gets: Pages' keys.
 *
 * @example export const onRequestGet = ({ params }: EventContext<'/users/:id'>) => Response.json(params.id)
 */
export type EventContext<Name extends RouteName = '*'> = Omit<AnyContext, 'params' | 'request'> & {
  readonly params: ContextParams<ParamsOf<Name>, RestOf<Name>>
  readonly request: TypedRequest<BodyOf<Name>>
}

/**
 * The second argument of the web style; its first is a `TypedRequest`.
 *
 * @example export const GET = (_request: Request, { params }: WebInfo<'/users/:id'>) => Response.json(params.id)
 */
export interface WebInfo<Name extends RouteName = '*'> {
  readonly params: ParamsOf<Name>
}

/** A `Request` whose body is known. */
export interface TypedRequest<Body> extends Request {
  json(): Promise<unknown extends Body ? JsonBody : Body>
}

/**
 * A `Response` whose body is known, for clients: what a handler of the context or web style says that it answers.
 *
 * @example export const GET = (): TypedResponse<{ id: string }> => Response.json({ id: '1' })
 */
export interface TypedResponse<Body> extends Response {
  json(): Promise<Body>
}

/** For the web style: `POST(request: WebRequest<'POST /users'>)`. */
export type WebRequest<Name extends RouteName = '*'> = TypedRequest<BodyOf<Name>>

/**
 * For the reply style, what Fastify's own types take.
 *
 * @example export default async (request: FastifyRequest<RouteOf<'/users/:id'>>) => request.params.id
 */
export interface RouteOf<Name extends RouteName> {
  Params: ParamsOf<Name>
  Querystring: QueryOf<Name>
  Body: BodyOf<Name>
}

/** Handlers as values: `export const handler: EventHandler<'/users/:id'> = ...`. What they answer is then not known to clients. */
export type EventHandler<Name extends RouteName = '*'> = (
  event: HandlerEvent<Name>,
  params: ParamsOf<Name>
) => unknown
export type ContextHandler<Name extends RouteName = '*'> = (
  context: EventContext<Name>
) => Response | Promise<Response>
export type WebHandler<Name extends RouteName = '*'> = (
  request: WebRequest<Name>,
  info: WebInfo<Name>
) => Response | Promise<Response>

/**
 * Asked key by key, and never of the whole route: its answer is that of the very handler whose parameters these are,
 * and the compiler would run in a circle.
 */
type Key<Types, Name extends string> = Name extends keyof Types ? Types[Name] : unknown
type ParamsOf<Name extends string> = Key<TypesOf<Name>, 'params'>
type RestOf<Name extends string> = Key<TypesOf<Name>, 'rest'>
type QueryOf<Name extends string> = Key<Key<TypesOf<Name>, 'received'>, 'query'>
type BodyOf<Name extends string> = Key<Key<TypesOf<Name>, 'received'>, 'body'>

/** What `Request.json` itself promises. */
type JsonBody = Awaited<ReturnType<Request['json']>>

/** A rest is a list of its segments, and absent when nothing matched. */
type ContextParams<Params, Rest> = string extends keyof Params
  ? Readonly<Record<string, string | string[]>>
  : { readonly [Key in keyof Params]: Key extends Rest ? string[] : Params[Key] }
