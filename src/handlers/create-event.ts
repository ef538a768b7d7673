import { isUtf8 } from 'node:buffer'
import type { FastifyRequest } from 'fastify'
import type { Route } from '../routes/route.ts'
import { toPathname } from '../routes/request-path.ts'
import { bodyText, readBytes } from './body-modes.ts'

/** What a handler of the event style gets, in every language (design.md section 9). */
export interface HandlerEvent {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly ts: number
  readonly method: string
  /** Decoded, without query. */
  readonly path: string
  /** As it came, with query. */
  readonly raw_path: string
  /** A name that is repeated has a list. */
  readonly query: Readonly<Record<string, string | string[]>>
  readonly params: Readonly<Record<string, string>>
  readonly path_params: Readonly<Record<string, string>>
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Text; base64 with `is_base64` where the bytes are no UTF-8. Absent without a body. */
  readonly body?: string
  readonly is_base64?: true
  /** Only with a Cookie header. */
  readonly session?: EventSession
  readonly client: { readonly ip: string; readonly ua: string }
  readonly context: Readonly<Record<string, unknown>>
  readonly env: Readonly<Record<string, unknown>>
}

export interface EventSession {
  /** The cookie `session_id`, `sessionid` or `sid`. */
  readonly id: string | undefined
  readonly raw: string
  readonly cookies: Readonly<Record<string, string>>
}

type MutableEvent = { -readonly [K in keyof HandlerEvent]: HandlerEvent[K] }

/** What is the same for every event of a route, computed once. */
export interface EventParts {
  readonly env: Readonly<Record<string, unknown>>
  readonly context: Readonly<Record<string, unknown>>
}

export function createEventParts(route: Route, env: Readonly<Record<string, unknown>>): EventParts {
  const { timeoutMs, maxConcurrency, maxBodyBytes } = route.functionOptions
  return {
    env: { ...env, ...route.env },
    context: {
      runtime: route.language === 'javascript' ? 'node' : route.language,
      function_name: route.file,
      timeout_ms: timeoutMs,
      max_concurrency: maxConcurrency,
      max_body_bytes: maxBodyBytes
    }
  }
}

/** The event of one request without body, parameters and environment, which a worker adds itself. */
export type EventHead = Omit<MutableEvent, 'params' | 'path_params' | 'env' | 'body' | 'is_base64'>

export function createEventHead(request: FastifyRequest, parts: EventParts): EventHead {
  const event: EventHead = {
    id: request.id,
    ts: Date.now(),
    method: request.method,
    path: toPath(request.url),
    raw_path: request.originalUrl,
    query: request.query as Record<string, string | string[]>,
    headers: request.headers,
    client: { ip: request.ip, ua: request.headers['user-agent'] ?? '' },
    context: { request_id: request.id, ...parts.context }
  }
  const { cookie } = request.headers
  if (cookie !== undefined) event.session = toSession(cookie)
  return event
}

export function createEvent(request: FastifyRequest, parts: EventParts): HandlerEvent {
  const params = request.params as Record<string, string>
  // Added one by one: Object.assign would nearly double what an event costs.
  const event = createEventHead(request, parts) as MutableEvent
  event.params = params
  event.path_params = params
  event.env = parts.env
  const bytes = readBytes(request)
  if (bytes !== undefined) {
    if (isUtf8(bytes)) event.body = request[bodyText] ?? bytes.toString('utf8')
    else {
      event.body = bytes.toString('base64')
      event.is_base64 = true
    }
  }
  return event
}

function toPath(url: string): string {
  const path = toPathname(url)
  return path.includes('%') ? decodeURIComponent(path) : path
}

const SESSION_NAMES = ['session_id', 'sessionid', 'sid']

function toSession(raw: string): EventSession {
  const cookies: Record<string, string> = Object.create(null)
  for (const pair of raw.split(';')) {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, equals).trim()
    // The first of two cookies with one name is the more specific one (RFC 6265, section 5.4).
    if (equals > 0 && name !== '' && !(name in cookies))
      cookies[name] = toCookieValue(pair.slice(equals + 1).trim())
  }
  return { id: SESSION_NAMES.map((name) => cookies[name]).find((id) => id !== undefined), raw, cookies }
}

function toCookieValue(text: string): string {
  const bare = text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
  try {
    return decodeURIComponent(bare)
  } catch {
    return bare
  }
}
