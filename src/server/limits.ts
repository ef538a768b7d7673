import type { FastifyReply } from 'fastify'
import { TreewayError } from '../errors.ts'
import { isPromise } from '../handlers/style.ts'
import type { RouteHandler } from '../handlers/style.ts'

/** How many requests may wait for each one that runs, before the next is refused. */
const QUEUE_FACTOR = 10

/** Answers 504 when the handler has not answered in time. Its work goes on: JavaScript can not be stopped. */
export function withTimeLimit(handler: RouteHandler, timeoutMs: number): RouteHandler {
  return function timedRoute(request, reply) {
    const result = handler.call(this, request, reply)
    if (result === undefined || result === reply) {
      endLate(reply, timeoutMs)
      return result
    }
    if (!isPromise(result)) return result
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(toTimeout(timeoutMs)), timeoutMs)
      result.then(resolve, reject).finally(() => clearTimeout(timer))
    })
  }
}

/** For a handler that returned, and sends when it pleases. */
function endLate(reply: FastifyReply, timeoutMs: number): void {
  if (reply.sent) return
  const timer = setTimeout(() => {
    if (!reply.sent) void reply.send(toTimeout(timeoutMs))
  }, timeoutMs)
  reply.raw.once('close', () => clearTimeout(timer))
}

function toTimeout(timeoutMs: number): TreewayError {
  return new TreewayError('TREEWAY_TIMEOUT', `The handler did not answer within ${timeoutMs} ms.`)
}

/** Lets `limit` requests run at once; more wait in order, and past ten times the limit they get 503. */
export function withConcurrencyLimit(handler: RouteHandler, limit: number): RouteHandler {
  const waiting: (() => void)[] = []
  let running = 0

  function release(): void {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }

  return async function limitedRoute(request, reply) {
    if (running < limit) running += 1
    else {
      if (waiting.length >= limit * QUEUE_FACTOR) throw toBusy(limit)
      await new Promise<void>((resolve) => waiting.push(resolve))
      // The client left while it waited: nobody would ever say that the answer is out.
      if (reply.raw.destroyed) {
        release()
        return reply.hijack()
      }
    }
    // A handler may answer long after it returned, so the place is free when the answer is out.
    reply.raw.once('close', release)
    return handler.call(this, request, reply)
  }
}

function toBusy(limit: number): TreewayError {
  const message = `${limit} requests run and ${limit * QUEUE_FACTOR} wait already.`
  return new TreewayError('TREEWAY_BUSY', message, { retryAfterSeconds: 1 })
}
