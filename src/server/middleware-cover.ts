import type { FastifyInstance } from 'fastify'
import { activateDirect, isDirect } from './middleware-direct.ts'

/** Where the hooks of the middleware are. */
export interface MiddlewareCover {
  /** Whatever `instance` and the contexts below it answer is inside the middleware from now on. */
  add(instance: FastifyInstance): void
  has(instance: FastifyInstance): boolean
}

type Hooks = readonly (readonly [name: string, hook: unknown])[]

/** Hooks of a request that someone else adds. */
const REQUEST_HOOKS = new Set([
  ...['onRequest', 'preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onError', 'onSend'],
  ...['onTimeout', 'onRoute']
])

/**
 * Hooks cost every request of their context, and direct routes need none. So a context gets them when it gets its
 * first route that is not direct. Where someone else adds a hook the root gets them, before that one: then the order
 * of the two is the same for all, and the direct routes below that hook are direct no more.
 */
export function createCover(app: FastifyInstance, hooks: Hooks): MiddlewareCover {
  const { addHook } = app
  const covered = new Set<object>()
  const hooked = new Set<object>()
  const contexts: FastifyInstance[] = []

  const cover: MiddlewareCover = {
    has: (instance) => isBelow(instance, covered),
    add(instance) {
      if (isBelow(instance, covered)) return
      covered.add(instance)
      for (const hook of hooks) Reflect.apply(addHook, instance, hook)
    }
  }

  app.addHook('onRegister', (instance) => void contexts.push(instance))
  app.addHook('onRoute', function coverRoute() {
    if (!isDirect(this)) cover.add(this)
  })
  app.addHook('onReady', async () => {
    for (const instance of contexts) {
      if (isDirect(instance) && !isBelow(instance, hooked)) activateDirect(instance, cover.has(instance))
    }
  })
  app.addHook = function watchHooks(this: FastifyInstance, ...args: [never, never]) {
    if (REQUEST_HOOKS.has(args[0])) {
      hooked.add(this)
      cover.add(app)
    }
    return Reflect.apply(addHook, this, args)
  } as FastifyInstance['addHook']
  return cover
}

/** A context inherits from the one it was made in. */
function isBelow(instance: object, others: ReadonlySet<object>): boolean {
  for (let each: object | null = instance; each !== null; each = Object.getPrototypeOf(each)) {
    if (others.has(each)) return true
  }
  return false
}
