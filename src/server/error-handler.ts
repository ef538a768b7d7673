import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { TreewayError, toDefinition } from '../errors.ts'
import { sendResponse } from '../handlers/send-response.ts'

/** Takes in every fault of what is served, to tell of it and to show it. */
export type TakeFault = (fault: Fault) => TakenFault

export interface Fault {
  readonly error: unknown
  readonly request: FastifyRequest
  readonly statusCode: number
}

export interface TakenFault {
  /** It need not be logged any more. */
  readonly isTold: boolean
  /** What this client gets in place of JSON. */
  readonly page: HtmlAnswer | undefined
}

export interface HtmlAnswer {
  readonly headers: Readonly<Record<string, string>>
  readonly html: string
}

interface ErrorBody {
  readonly statusCode: number
  readonly code?: string
  readonly error: string
  readonly message: string
  readonly stack?: string
}

/**
 * One shape for every error, Fastify's own. In production a 5xx tells its code and the request's id, never the
 * exception's text, a path or a stack.
 */
export function createErrorHandler(showsErrors: boolean, takeFault?: TakeFault) {
  return function handleError(thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
    if (thrown instanceof Response) return sendThrown(reply, thrown)
    const error = toError(thrown)
    const statusCode = toStatus(error, request, reply)
    const taken = isFault(error, statusCode) ? takeFault?.({ error: thrown, request, statusCode }) : undefined
    if (!taken?.isTold) logError(error, request, statusCode)
    if (error instanceof TreewayError && error.retryAfterSeconds !== undefined) {
      void reply.header('retry-after', error.retryAfterSeconds)
    }
    const page = taken?.page
    if (page) return void reply.code(statusCode).headers(page.headers).send(page.html)
    void reply.code(statusCode).send(toBody({ error, request, statusCode, showsErrors }))
  }
}

/** A copy: the middleware around may catch what was thrown, and answer with it. */
function sendThrown(reply: FastifyReply, thrown: Response): void {
  reply.code(thrown.status)
  sendResponse(reply, thrown.clone())
}

/** Something to mend. An answer such as "not found" is none, whoever gives it. */
function isFault(error: FastifyError, statusCode: number): boolean {
  return statusCode >= 500 || error.code === 'TREEWAY_ROUTE_CONFLICT'
}

/** JavaScript can throw anything: `throw 'no'`, `throw null`. */
function toError(thrown: unknown): FastifyError {
  if (typeof thrown === 'object' && thrown !== null) return thrown as FastifyError
  return new Error(String(thrown)) as FastifyError
}

function toStatus(error: FastifyError, request: FastifyRequest, reply: FastifyReply): number {
  const own = error.statusCode ?? (error as { status?: unknown }).status
  if (typeof own === 'number' && own >= 400 && own <= 599) return own
  // A miss has 404 set before anyone looked; what fails while it is answered is still a fault of ours.
  return reply.statusCode >= 400 && !request.is404 ? reply.statusCode : 500
}

function logError(error: FastifyError, request: FastifyRequest, statusCode: number): void {
  if (statusCode >= 500) request.log.error({ req: request, err: error }, error.message)
  else request.log.info({ err: error }, error.message)
}

interface Failure {
  readonly error: FastifyError
  readonly request: FastifyRequest
  readonly statusCode: number
  readonly showsErrors: boolean
}

function toBody({ error, request, statusCode, showsErrors }: Failure): ErrorBody {
  const title = STATUS_CODES[statusCode] ?? 'Error'
  const code =
    typeof error.code === 'string' ? error.code : statusCode >= 500 ? 'TREEWAY_HANDLER_FAILED' : undefined
  const base = { statusCode, ...(code === undefined ? {} : { code }), error: title }
  if (statusCode < 500) return { ...base, message: error.message }
  if (showsErrors) return { ...base, message: error.message }
  const reason = error instanceof TreewayError ? toDefinition(error.code).title : 'The handler failed'
  // An exception's own code (ENOENT, a database's) tells more than a client should know.
  const safe = error instanceof TreewayError ? error.code : 'TREEWAY_HANDLER_FAILED'
  return { ...base, code: safe, message: `${reason} (request ${request.id}).` }
}
