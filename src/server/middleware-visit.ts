import type { DoneFuncWithErrOrRes, FastifyReply, FastifyRequest } from 'fastify'
import { TreewayError } from '../errors.ts'
import { wrapping } from './middleware-direct.ts'
import { clearHeaders, toReplyResponse } from './middleware-response.ts'
import type { ReplyResponse } from './middleware-response.ts'

type Send = DoneFuncWithErrOrRes

/** A request inside its middleware: from the innermost `next()` until what the outermost one returned is sent. */
export class MiddlewareVisit {
  /** What `next()` of the innermost middleware gives. */
  readonly inner: Promise<Response>
  readonly #request: FastifyRequest
  #deliver: (response: Response) => void = () => undefined
  #refuse: (error: unknown) => void = () => undefined
  /** What the outermost middleware came to. */
  #outcome: Outcome | undefined
  /** What was thrown below, and the answer that was made of it. */
  #error: { readonly value: unknown } | undefined
  #leaving: Leaving | undefined

  constructor(request: FastifyRequest) {
    this.#request = request
    this.inner = new Promise<Response>((resolve, reject) => {
      this.#deliver = resolve
      this.#refuse = reject
    })
    // Whoever does not await next() must not end the process with an unhandled rejection.
    this.inner.catch(() => undefined)
  }

  /** A connection that ends, or that a handler took over, lets the middleware go on too: `next()` throws. */
  watchConnection(reply: FastifyReply): void {
    reply.raw.once('close', () => {
      if (this.#request[wrapping] !== this) return
      this.#request[wrapping] = undefined
      this.#refuse(new DOMException('The connection ended before there was a response.', 'AbortError'))
    })
  }

  keepError(error: unknown): void {
    this.#error = { value: error }
  }

  /** Fastify is about to send: the middleware sees the answer, and may send another in its place. */
  leave(reply: FastifyReply, payload: unknown, send: Send): void {
    const own = toReplyResponse(reply, payload)
    this.#leaving = { reply, payload, own, send }
    if (this.#error) this.#refuse(this.#error.value)
    else this.#deliver(own.response)
    this.#finish()
  }

  succeed(response: Response): void {
    this.#outcome = { kind: 'response', response }
    this.#finish()
  }

  fail(error: unknown): void {
    this.#outcome = { kind: 'error', error }
    this.#finish()
  }

  #finish(): void {
    if (this.#leaving === undefined || this.#outcome === undefined) return
    const { own, payload, send } = this.#leaving
    if (this.#outcome.kind === 'error') this.#sendFailure(this.#leaving, this.#outcome.error)
    else {
      try {
        send(null, own.apply(this.#outcome.response))
      } catch (error) {
        this.#sendFailure({ ...this.#leaving, payload }, error)
      }
    }
  }

  /** What was thrown below and not caught has its answer already; of any other answer nothing may get out. */
  #sendFailure({ reply, payload, own, send }: Leaving, error: unknown): void {
    if (this.#error && this.#error.value === error) return send(null, payload)
    own.discard()
    clearHeaders(reply)
    const fault = error instanceof Error ? error : new TreewayError('TREEWAY_HANDLER_FAILED', String(error))
    reply.code((fault as { statusCode?: number }).statusCode ?? 500)
    // The error handler was asked once already; Fastify's own, which would be next, tells everything to the client.
    if (this.#error) send(null, toFailureText(reply, fault))
    else send(fault)
  }
}

type Outcome =
  | { readonly kind: 'response'; readonly response: Response }
  | { readonly kind: 'error'; readonly error: unknown }

interface Leaving {
  readonly reply: FastifyReply
  readonly payload: unknown
  readonly own: ReplyResponse
  readonly send: Send
}

function toFailureText(reply: FastifyReply, fault: Error): string {
  const { request } = reply
  request.log.error({ err: fault }, 'middleware failed')
  reply.code(500).header('content-type', 'application/json; charset=utf-8')
  const message = `The middleware failed (request ${request.id}).`
  return JSON.stringify({
    statusCode: 500,
    code: 'TREEWAY_HANDLER_FAILED',
    error: 'Internal Server Error',
    message
  })
}
