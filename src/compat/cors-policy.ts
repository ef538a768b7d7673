import type { FastifyReply, FastifyRequest } from 'fastify'
import { isThenable } from './is-thenable.ts'

type OriginRule = string | RegExp | boolean
type OriginFunction = (
  origin: string | undefined,
  done: (error: Error | null, allowed: OriginRule | readonly OriginRule[]) => void
) => void | Promise<OriginRule | readonly OriginRule[]>

/** Options of a route's `cors` and of `setScopeCORS`. */
export interface CorsOptions {
  /** Which origins may read the answer: `'*'` (default), `true` for any by name, texts, regular expressions, a function. */
  readonly origin?: OriginRule | readonly (string | RegExp)[] | OriginFunction
  /** Methods a preflight allows. Default: GET, HEAD, PUT, PATCH, POST, DELETE. */
  readonly methods?: string | readonly string[]
  /** Request headers a preflight allows. Default: whatever the browser asks for. */
  readonly allowedHeaders?: string | readonly string[]
  /** Response headers a script may read. Default: none beyond the safelisted ones. */
  readonly exposedHeaders?: string | readonly string[]
  /** Whether cookies and credentials may go along. Default: false. */
  readonly credentials?: boolean
  /** How long a browser may remember a preflight, in seconds. */
  readonly maxAge?: number
  /** Cache-Control of preflights: seconds for `max-age`, or the whole value. */
  readonly cacheControl?: number | string
  /** Status of a preflight. Default: 204. */
  readonly optionsSuccessStatus?: number
  /** Answer 400 to an OPTIONS request that is no preflight. Default: true. */
  readonly strictPreflight?: boolean
}

/** `true` is all defaults; `false` switches CORS off, also where an outer scope has it on. */
export type CorsSetting = CorsOptions | boolean

/** What one setting comes to, computed once. */
export interface CorsPolicy {
  readonly isOn: boolean
  readonly origin: NonNullable<CorsOptions['origin']>
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly preflightHeaders: Readonly<Record<string, string>>
  readonly reflectsHeaders: boolean
  readonly preflightStatus: number
  readonly isStrict: boolean
}

/** Headers an outer policy may have set: the inner one starts anew. */
const ownHeaders = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers'
]

export function toCorsPolicy(setting: CorsSetting): CorsPolicy {
  const options: CorsOptions = typeof setting === 'boolean' ? {} : setting
  const { allowedHeaders, cacheControl, maxAge } = options
  return {
    isOn: setting !== false,
    origin: options.origin ?? '*',
    requestHeaders: toHeaders({
      'access-control-allow-credentials': options.credentials ? 'true' : undefined,
      'access-control-expose-headers': toList(options.exposedHeaders)
    }),
    preflightHeaders: toHeaders({
      'access-control-allow-methods': toList(options.methods ?? 'GET, HEAD, PUT, PATCH, POST, DELETE'),
      'access-control-allow-headers': toList(allowedHeaders),
      'access-control-max-age': maxAge === undefined ? undefined : String(maxAge),
      'cache-control': typeof cacheControl === 'number' ? `max-age=${cacheControl}` : cacheControl
    }),
    reflectsHeaders: allowedHeaders === undefined,
    preflightStatus: options.optionsSuccessStatus ?? 204,
    isStrict: options.strictPreflight ?? true
  }
}

/** Sets the headers every answer needs, preflight or not. */
export async function setCorsHeaders(
  policy: CorsPolicy,
  request: FastifyRequest,
  reply: FastifyReply
): Promise<void> {
  for (const name of ownHeaders) reply.removeHeader(name)
  if (!policy.isOn) return
  const allowed = await toAllowedOrigin(policy.origin, request.headers.origin)
  if (policy.origin !== '*') addVary(reply, 'Origin')
  if (allowed === undefined) return
  reply.header('access-control-allow-origin', allowed)
  reply.headers(policy.requestHeaders)
}

/** Answers an OPTIONS request; the headers of `setCorsHeaders` are set already. */
export function sendPreflight(
  policy: CorsPolicy,
  request: FastifyRequest,
  reply: FastifyReply
): FastifyReply {
  if (!policy.isOn) {
    reply.callNotFound()
    return reply
  }
  const asked = request.headers['access-control-request-headers']
  const isPreflight = request.headers.origin !== undefined && isAsked(request)
  if (!isPreflight && policy.isStrict)
    return reply.code(400).type('text/plain').send('Invalid Preflight Request')
  reply.headers(policy.preflightHeaders)
  if (policy.reflectsHeaders) {
    addVary(reply, 'Access-Control-Request-Headers')
    if (asked !== undefined) reply.header('access-control-allow-headers', asked)
  }
  return reply.code(policy.preflightStatus).header('content-length', '0').send()
}

function isAsked(request: FastifyRequest): boolean {
  return request.headers['access-control-request-method'] !== undefined
}

async function toAllowedOrigin(
  rule: CorsPolicy['origin'],
  origin: string | undefined
): Promise<string | undefined> {
  const allowed = typeof rule === 'function' ? await askOrigin(rule, origin) : rule
  if (allowed === '*') return '*'
  return origin !== undefined && matchesOrigin(allowed, origin) ? origin : undefined
}

function askOrigin(
  rule: OriginFunction,
  origin: string | undefined
): Promise<OriginRule | readonly OriginRule[]> {
  return new Promise((resolve, reject) => {
    const answer = rule(origin, (error, allowed) => (error ? reject(error) : resolve(allowed)))
    if (isThenable(answer)) answer.then(resolve, reject)
  })
}

function matchesOrigin(rule: OriginRule | readonly OriginRule[], origin: string): boolean {
  if (typeof rule === 'boolean') return rule
  if (typeof rule === 'string') return rule === origin
  if (rule instanceof RegExp) return new RegExp(rule.source, rule.flags.replace(/[gy]/g, '')).test(origin)
  return rule.some((one) => matchesOrigin(one, origin))
}

function addVary(reply: FastifyReply, field: string): void {
  const current = String(reply.getHeader('vary') ?? '')
  const fields = current.split(',').map((one) => one.trim().toLowerCase())
  if (fields.includes('*') || fields.includes(field.toLowerCase())) return
  reply.header('vary', current === '' ? field : `${current}, ${field}`)
}

function toList(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.join(', ') : value
}

function toHeaders(values: Record<string, string | undefined>): Record<string, string> {
  const set = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return Object.fromEntries(set)
}
