import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import type { Overridable } from './overridable.ts'
import { ReplyView } from './reply-view.ts'

const stage = Symbol('treeway.stage')

/** How far a reply is. Fastify itself only knows "sent", which an asynchronous onSend hook delays. */
const stages = { begun: 1, failed: 2, failureBegun: 3, failureNotFound: 4 } as const

type Stage = (typeof stages)[keyof typeof stages]

interface GuardedReply extends FastifyReply {
  [stage]?: Stage
}

/** Whether `send` was called, or the request failed: then no further hook and no handler may run. */
export function hasBegun(reply: FastifyReply): boolean {
  const now = (reply as GuardedReply)[stage]
  return now !== undefined && now !== stages.failureNotFound
}

/**
 * The first send is the answer. On plain Fastify, while an asynchronous onSend hook is at work, a second send, the
 * undefined that an async handler resolves with, or an error after the send can overtake it: an empty 200, or another
 * answer. Here they are dropped and logged.
 */
export function registerSendGuard(app: FastifyInstance, overridable: Overridable): void {
  overridable.replyMethod('send', (below) => {
    return function send(payload) {
      const reply = this as GuardedReply
      if (ReplyView.toReply(payload) === reply) return reply
      const before = reply[stage]
      if (before !== undefined && reply.sent === false && isRepeated(before, payload))
        return dropRepeated(reply, payload)
      reply[stage] = before === undefined || before === stages.begun ? stages.begun : stages.failureBegun
      try {
        return below(reply).call(reply, payload)
      } catch (error) {
        // nothing went out: what was thrown is still to be answered
        delete reply[stage]
        throw error
      }
    }
  })
  overridable.replyMethod('redirect', (below) => {
    return function redirect(one, other) {
      // the order of Fastify 1 to 4: redirect(code, url)
      return typeof one === 'number' ? below(this).call(this, other, one) : below(this).call(this, one, other)
    }
  })
  overridable.replyMethod('callNotFound', (below) => {
    return function callNotFound() {
      const reply = this as GuardedReply
      // an error handler may hand over to the not-found handler, which must run then
      if (reply[stage] === stages.failed) reply[stage] = stages.failureNotFound
      return below(reply).call(reply)
    }
  })
  app.addHook('onError', (_request, reply, _error, done) => {
    const guarded: GuardedReply = reply
    guarded[stage] = stages.failed
    done()
  })
}

/**
 * Error handlers, and serialisation that fails, send again by right; so after a failure only the undefined of an async
 * error handler counts as repeated. A handler's time-out answers even while an onSend hook hangs.
 */
function isRepeated(before: Stage, payload: unknown): boolean {
  if (before === stages.failed || before === stages.failureNotFound) return false
  if (before === stages.failureBegun) return payload === undefined
  return !(payload instanceof Error && Reflect.get(payload, 'code') === 'FST_ERR_HANDLER_TIMEOUT')
}

function dropRepeated(reply: FastifyReply, payload: unknown): FastifyReply {
  const { url, method } = reply.request
  if (payload instanceof Error)
    reply.log.error({ err: payload }, 'error after the answer was sent; the answer stays')
  else if (payload !== undefined)
    reply.log.warn({ err: new fastify.errorCodes.FST_ERR_REP_ALREADY_SENT(url, method) })
  return reply
}
