import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isThenable } from './is-thenable.ts'
import { adaptPreParsing } from './pre-parsing.ts'
import { replaceMethod } from './replace-method.ts'
import { ReplyView } from './reply-view.ts'
import { linkReply } from './request-fields.ts'
import { hasBegun } from './send-guard.ts'

export type Hook = (
  this: FastifyInstance,
  request: FastifyRequest,
  reply: FastifyReply,
  ...rest: unknown[]
) => unknown

/** Hooks before the handler: none of them runs once an earlier one has answered. */
const before = new Set(['onRequest', 'preParsing', 'preValidation', 'preHandler'])
const after = new Set(['preSerialization', 'onSend', 'onResponse', 'onError'])

/** Hooks of whatever context: `addHook` of the root is inherited. */
export function registerHookGuard(app: FastifyInstance): void {
  replaceMethod(app, 'addHook', (original) => {
    return function addHook(name, hook) {
      return original.call(
        this,
        name,
        typeof hook === 'function' ? guardHook(String(name), hook as Hook) : hook
      )
    }
  })
}

/** Hooks of one route: a function or a list of them. */
export function guardRouteHooks(route: object): void {
  for (const name of [...before, ...after]) {
    const hooks: unknown = Reflect.get(route, name)
    if (typeof hooks === 'function') Reflect.set(route, name, guardHook(name, hooks as Hook))
    if (Array.isArray(hooks)) {
      Reflect.set(
        route,
        name,
        hooks.map((hook) => (typeof hook === 'function' ? guardHook(name, hook) : hook))
      )
    }
  }
}

/**
 * A hook that sends or redirects without returning the reply must stop the request. Fastify asks `reply.sent`, which an
 * asynchronous onSend hook keeps false for a while, and lets the next hook and the handler run.
 */
export function guardHook(name: string, hook: Hook): Hook {
  if (isRefusedByFastify(name, hook)) return hook
  if (before.has(name))
    return nameAfter(hook, guardBefore(name === 'preParsing' ? adaptPreParsing(hook) : hook))
  if (!after.has(name)) return hook
  return nameAfter(hook, function runHook(request, reply, third, fourth) {
    linkReply(request, reply)
    return hook.call(this, request, reply, third, fourth)
  })
}

function guardBefore(hook: Hook): Hook {
  return function runHook(request, reply, third, fourth) {
    // nobody calls done: the answer is on its way, and nothing after this hook may run
    if (hasBegun(reply)) return undefined
    linkReply(request, reply)
    const result = hook.call(this, request, reply, third, fourth)
    return result === undefined ? undefined : toAwaited(result, reply)
  }
}

/** `return reply.code(401)` before a late send waits for that send, as `return reply` does. */
function toAwaited(result: unknown, reply: FastifyReply): unknown {
  if (result === reply || ReplyView.toReply(result) === reply) return reply
  return isThenable(result) ? new HookResult(result, reply) : result
}

/** Fastify only calls `then` of what a hook returns; an object with one costs less than a second promise. */
class HookResult {
  readonly #result: PromiseLike<unknown>
  readonly #reply: FastifyReply

  constructor(result: PromiseLike<unknown>, reply: FastifyReply) {
    this.#result = result
    this.#reply = reply
  }

  // oxlint-disable-next-line unicorn/no-thenable
  then(resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
    this.#result.then((value) => {
      if (ReplyView.toReply(value) === this.#reply) this.#reply.then(() => resolve(undefined), reject)
      else resolve(value)
    }, reject)
  }
}

/** An async function that also takes `done`: Fastify looks for it and says so, which a wrapper would hide. */
function isRefusedByFastify(name: string, hook: Hook): boolean {
  const arity =
    name === 'preParsing' || name === 'preSerialization' || name === 'onSend' || name === 'onError' ? 4 : 3
  return hook.constructor.name === 'AsyncFunction' && hook.length === arity
}

/** `printRoutes` and stack traces show the name of the user's function. */
function nameAfter(hook: Hook, wrapper: Hook): Hook {
  return Object.defineProperty(wrapper, 'name', { value: hook.name })
}
