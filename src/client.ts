import type { Routes } from './types/routes.ts'

export type { AnyQuery, AnyReceivedQuery } from './types/routes.ts'

/** What an error is over HTTP, whichever language answered. */
export interface ErrorBody {
  readonly statusCode: number
  /** What happened, for a program; absent where somebody answered in a shape of their own. */
  readonly code?: string
  readonly error: string
  readonly message: string
}

/** What came of a call. `response` has the headers; its body is read already. */
export type Result<Data> =
  | { readonly ok: true; readonly status: number; readonly data: Data; readonly response: Response }
  | { readonly ok: false; readonly status: number; readonly error: ErrorBody; readonly response: Response }

export interface ClientOptions {
  /** Where the server is: `https://api.example.org`, a path behind it included. */
  readonly baseUrl: string | URL
  /** Default: the global one. */
  readonly fetch?: (request: Request) => Promise<Response>
  /** Sent with every call. */
  readonly headers?: HeadersInit
}

/** Calls to a tree's routes, checked by the compiler. */
export interface Client<R> {
  /** Rejects only as `fetch` does: where no answer came at all. */
  call<Name extends keyof R & string>(
    name: Name,
    ...input: InputOf<R[Name]>
  ): Promise<Result<AnswerIn<R[Name]>>>
  /** The answer piece by piece, as text. Leaving the loop early ends the request. */
  stream<Name extends keyof R & string>(
    name: Name,
    ...input: InputOf<R[Name]>
  ): Promise<Result<AsyncIterable<string>>>
}

/** Thrown by `unwrap`. */
export class ClientError extends Error implements ErrorBody {
  override readonly name = 'ClientError'
  readonly statusCode: number
  readonly code?: string
  readonly error: string
  readonly response: Response

  constructor(body: ErrorBody, response: Response) {
    super(body.message)
    this.statusCode = body.statusCode
    if (body.code !== undefined) this.code = body.code
    this.error = body.error
    this.response = response
  }
}

/** The data of a call that went well; throws a ClientError for any other. */
export async function unwrap<Data>(call: Promise<Result<Data>>): Promise<Data> {
  const result = await call
  if (result.ok) return result.data
  throw new ClientError(result.error, result.response)
}

/**
 * A client for the routes of a tree, from the types that `treeway types` wrote.
 *
 * @example
 * const api = createClient({ baseUrl: 'http://localhost:3000' })
 * const result = await api.call('GET /products/:id', { params: { id: 4 } })
 * if (result.ok) console.log(result.data.name)
 * else console.error(result.error.message)
 */
export function createClient<R = Routes>(options: ClientOptions): Client<R> {
  const send = options.fetch ?? ((request: Request) => fetch(request))
  const ask = async (name: string, input: AnyInput = {}): Promise<Response> =>
    send(toRequest(name, input, options))
  const client: Client<UnknownRoutes> = {
    async call(name, input) {
      const response = await ask(name, input)
      return response.ok ? toSuccess(response, await readBody(response)) : await toFailure(response)
    },
    async stream(name, input) {
      const response = await ask(name, input)
      return response.ok ? toSuccess(response, readPieces(response)) : await toFailure(response)
    }
  }
  return client as unknown as Client<R>
}

interface AnyInput {
  readonly params?: object
  readonly query?: object
  readonly body?: unknown
  readonly headers?: HeadersInit
  readonly signal?: AbortSignal
}

/** Inside, names and values are what they are; the compiler has seen them outside. */
type UnknownRoutes = Readonly<
  Record<string, { params: object; sent: { query: object; body: unknown }; answer: unknown }>
>

function toRequest(name: string, input: AnyInput, options: ClientOptions): Request {
  const [method = '', path = ''] = name.split(' ')
  const base = String(options.baseUrl).replace(/\/$/, '')
  const headers = new Headers(options.headers)
  new Headers(input.headers).forEach((value, key) => headers.set(key, value))
  const isRaw = isRawBody(input.body)
  if (input.body !== undefined && !isRaw && !headers.has('content-type'))
    headers.set('content-type', 'application/json')
  const init: RequestInit = { method, headers, signal: input.signal ?? null }
  if (input.body !== undefined) init.body = isRaw ? (input.body as BodyInit) : JSON.stringify(input.body)
  return new Request(base + toPath(path, input.params) + toSearch(input.query), init)
}

/** What `fetch` sends as it is; all else is JSON. */
function isRawBody(body: unknown): boolean {
  return (
    body instanceof FormData ||
    body instanceof URLSearchParams ||
    body instanceof Blob ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body)
  )
}

/** Each parameter is one segment, encoded; a rest keeps its slashes. */
function toPath(path: string, params: object | undefined): string {
  const values = new Map<string, unknown>(Object.entries(params ?? {}))
  const filled = path.replaceAll(/:(\w+)|\*(\w*)\??/g, (text, name?: string, rest?: string) => {
    const value = values.get(name ?? (rest === '' ? '*' : (rest ?? '')))
    if (value === undefined) return name === undefined ? '' : text
    const segments = name === undefined ? String(value).split('/') : [String(value)]
    return segments.map((segment) => encodeURIComponent(segment)).join('/')
  })
  return filled.length > 1 ? filled.replace(/\/$/, '') : filled
}

/** A list repeats its name; what is undefined is left out. */
function toSearch(query: object | undefined): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    const values: unknown[] = Array.isArray(value) ? value : [value]
    for (const each of values) if (each !== undefined) search.append(name, String(each))
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

function toSuccess<Data>(response: Response, data: Data): Result<Data> {
  return { ok: true, status: response.status, data, response }
}

async function toFailure(response: Response): Promise<Result<never>> {
  const body = await readBody(response).catch(() => undefined)
  return { ok: false, status: response.status, error: toErrorBody(body, response), response }
}

function toErrorBody(body: unknown, { status, statusText }: Response): ErrorBody {
  const given = typeof body === 'object' && body !== null ? new Map(Object.entries(body)) : new Map()
  const message: unknown =
    given.get('message') ?? (typeof body === 'string' && body !== '' ? body : statusText)
  const code: unknown = given.get('code')
  return {
    statusCode: status,
    ...(typeof code === 'string' ? { code } : {}),
    error: String(given.get('error') ?? statusText),
    message: String(message)
  }
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text()
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '')
  return isJson && text !== '' ? JSON.parse(text) : text
}

async function* readPieces(response: Response): AsyncGenerator<string> {
  const reader = response.body?.getReader()
  if (!reader) return
  const decoder = new TextDecoder()
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read())
      yield decoder.decode(piece.value, { stream: true })
    const last = decoder.decode()
    if (last !== '') yield last
  } finally {
    await reader.cancel()
  }
}

type AnswerIn<Route> = Route extends { readonly answer: infer Answer } ? Answer : unknown

/** What must be said must be said: the input itself may be left out only where all of it may be. */
type InputOf<Route> = Route extends {
  readonly params: infer Params
  readonly sent: { readonly query: infer Query; readonly body: infer Body }
}
  ? Nothing extends Part<'params', Params> & Part<'query', Query> & BodyPart<Body>
    ? [input?: Input<Params, Query, Body>]
    : [input: Input<Params, Query, Body>]
  : [input?: AnyInput]

type Input<Params, Query, Body> = Part<'params', Params> &
  Part<'query', Query> &
  BodyPart<Body> & { readonly headers?: HeadersInit; readonly signal?: AbortSignal }

/** `{}` fits what has only optional keys, an index of names included. */
type Nothing = Record<never, never>

type Part<Key extends string, Value> = Nothing extends Value
  ? { readonly [K in Key]?: Value }
  : { readonly [K in Key]: Value }

type BodyPart<Body> = unknown extends Body
  ? { readonly body?: unknown }
  : [Body] extends [undefined]
    ? { readonly body?: undefined }
    : undefined extends Body
      ? { readonly body?: Body }
      : { readonly body: Body }
