import type { FastifyInstance, FastifyRequest } from 'fastify'
import { TreewayError } from '../errors.ts'
import { hasSameParts, listJsonParts } from './json-parts.ts'
import type { BodyMode } from './style.ts'

/** The bytes of the body as they came, on requests of the `text` and the validated `stream` mode. */
export const rawBody = Symbol('treeway.rawBody')

/** The same as text, where it was decoded for the schema already. */
export const bodyText = Symbol('treeway.bodyText')

/** Set where the body is JSON that was parsed for the schema, and its bytes may still have to follow what that changed. */
export const isParsed = Symbol('treeway.isParsed')

/** What was parsed, as it was before the schema. Absent where most handlers do not ask for the text. */
const partsBefore = Symbol('treeway.partsBefore')

declare module 'fastify' {
  interface FastifyRequest {
    [rawBody]?: Buffer
    [bodyText]?: string
    [isParsed]?: boolean
    [partsBefore]?: readonly unknown[]
  }
}

export interface BodyContext {
  readonly mode: BodyMode
  /** The route has a body schema, so JSON must be parsed before the handler is asked. */
  readonly isValidated: boolean
}

/**
 * `*` alone would do; but with it Fastify looks for the parser anew at each request, while it remembers which types the
 * pattern matched. A body without a content type is only caught by `*`.
 */
const ANY_TYPE = [/^/, '*'] as const

/**
 * Makes `instance` (a context of its own) treat bodies as the mode says. One context holds all routes of a scope with
 * the same mode, so that a request never has to look.
 */
export function registerBodyMode(instance: FastifyInstance, context: BodyContext): void {
  if (context.mode === 'parsed') return
  instance.removeAllContentTypeParsers()
  for (const type of ANY_TYPE) {
    if (context.isValidated) addValidatedParser(instance, type, context.mode)
    else if (context.mode === 'text') {
      instance.addContentTypeParser(type, { parseAs: 'buffer' }, function keepBytes(request, body, done) {
        request[rawBody] = body as Buffer
        done(null, body)
      })
    } else {
      instance.addContentTypeParser(type, function keepStream(_request, payload, done) {
        done(null, payload)
      })
    }
  }
}

/** A schema sees the parsed JSON; the handler still gets the bytes as they came. */
function addValidatedParser(instance: FastifyInstance, type: string | RegExp, mode: BodyMode): void {
  const parseJson = instance.getDefaultJsonParser('error', 'error')
  instance.addContentTypeParser(type, { parseAs: 'buffer' }, function keepAndParse(request, body, done) {
    const bytes = body as Buffer
    request[rawBody] = bytes
    if (mode === 'stream') (request.raw as RawWithBody).rawBody = bytes
    const text = bytes.toString('utf8')
    request[bodyText] = text
    if (isJson(request)) {
      request[isParsed] = true
      void parseJson(request, text, mode === 'text' ? keepParts(request, done) : done)
    } else done(null, text)
  })
}

type BodyDone = (error: Error | null, body?: unknown) => void

/** The handler gets text: whether that is what came is asked for each request. */
function keepParts(request: FastifyRequest, done: BodyDone): BodyDone {
  return (error, body) => {
    if (!error) request[partsBefore] = listJsonParts(body)
    done(error, body)
  }
}

/** The bytes of the body as validation and hooks have left it; undefined where there is none. */
export function readBytes(request: FastifyRequest): Buffer | undefined {
  settleBody(request)
  return request[rawBody]
}

/**
 * Validation converts and completes (`"3"` to 3, a default): then the handler gets what came of it. Where nothing was
 * changed it gets the bytes as they came, spaces and all: somebody may have signed them.
 */
export function settleBody(request: FastifyRequest): void {
  const sent = request[bodyText]
  if (!request[isParsed] || sent === undefined) return
  request[isParsed] = false
  const before = request[partsBefore] ?? listJsonParts(JSON.parse(sent))
  if (hasSameParts(before, listJsonParts(request.body))) return
  const validated = print(request.body)
  if (validated !== sent) replaceBody(request, validated)
}

/** Unlike parsing, printing has a limit of levels, up to Node 24. */
function print(body: unknown): string {
  try {
    return JSON.stringify(body)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const message =
      'The body was completed by its schema, and is nested too deeply to be written as text again.'
    throw new TreewayError('TREEWAY_BODY_TOO_DEEP', message, { cause: error })
  }
}

function replaceBody(request: FastifyRequest, text: string): void {
  const bytes = Buffer.from(text)
  request[bodyText] = text
  request[rawBody] = bytes
  const raw = request.raw as RawWithBody
  if (raw.rawBody !== undefined) raw.rawBody = bytes
}

/** Where the light Request looks for a body that was read already. */
interface RawWithBody {
  rawBody?: Buffer
}

function isJson(request: FastifyRequest): boolean {
  return /^application\/(?:[\w.-]+\+)?json\b/i.test(request.headers['content-type'] ?? '')
}
