import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { BodyMode } from './style.ts'

/** The bytes of the body as they came, on requests of the `text` and the validated `stream` mode. */
export const rawBody = Symbol('treeway.rawBody')

declare module 'fastify' {
  interface FastifyRequest {
    [rawBody]?: Buffer
  }
}

export interface BodyContext {
  readonly mode: BodyMode
  /** The route has a body schema, so JSON must be parsed before the handler is asked. */
  readonly isValidated: boolean
}

/**
 * Makes `instance` (a context of its own) treat bodies as the mode says. One context holds all routes of a scope with
 * the same mode, so that a request never has to look.
 */
export function registerBodyMode(instance: FastifyInstance, context: BodyContext): void {
  if (context.mode === 'parsed') return
  instance.removeAllContentTypeParsers()
  if (context.isValidated) registerValidated(instance, context.mode)
  else if (context.mode === 'text') {
    instance.addContentTypeParser('*', { parseAs: 'buffer' }, function keepBytes(request, body, done) {
      request[rawBody] = body as Buffer
      done(null, body)
    })
  } else {
    instance.addContentTypeParser('*', function keepStream(_request, payload, done) {
      done(null, payload)
    })
  }
}

/** A schema sees the parsed JSON; the handler still gets the bytes as they came. */
function registerValidated(instance: FastifyInstance, mode: BodyMode): void {
  const parseJson = instance.getDefaultJsonParser('error', 'error')
  instance.addContentTypeParser('*', { parseAs: 'buffer' }, function keepAndParse(request, body, done) {
    const bytes = body as Buffer
    request[rawBody] = bytes
    if (mode === 'stream') Object.assign(request.raw, { rawBody: bytes })
    if (isJson(request)) void parseJson(request, bytes.toString('utf8'), done)
    else done(null, bytes.toString('utf8'))
  })
}

function isJson(request: FastifyRequest): boolean {
  return /^application\/(?:[\w.-]+\+)?json\b/i.test(request.headers['content-type'] ?? '')
}
