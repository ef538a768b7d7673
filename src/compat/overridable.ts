import type { FastifyInstance, FastifyReply } from 'fastify'
import { replaceMethod } from './replace-method.ts'

export type ReplyMethod = (this: FastifyReply, ...values: unknown[]) => unknown
type Getter = (this: object) => unknown

interface Slot {
  get: Getter
  set: (this: object, value: unknown) => void
}

interface Held {
  below: ReplyMethod | undefined
}

/** Decorators of ours that an application may decorate again, or assign to, as if they were not there. */
export interface Overridable {
  /** Replaces a method of the reply; `below(reply)` is the method under it. */
  replyMethod(name: string, create: (below: (reply: FastifyReply) => ReplyMethod) => ReplyMethod): void
  requestGetter(name: string, get: Getter): void
  replyGetter(name: string, get: Getter): void
}

/**
 * Fastify refuses to decorate a name twice. An application written for plain Fastify does not know our names, so when
 * it decorates one of them (`request.context` is a common one) its decorator takes the place of ours.
 */
export function createOverridable(app: FastifyInstance): Overridable {
  const requestSlots = new Map<string, Slot>()
  const replySlots = new Map<string, Slot>()
  const replyMethods = new Map<string, Held>()
  const overridable: Overridable = {
    replyMethod(name, create) {
      const held: Held = { below: undefined }
      const ours = create((reply) => (held.below ??= findBelow(reply, name, ours)))
      replyMethods.set(name, held)
      app.decorateReply(name, ours)
    },
    requestGetter: (name, get) => void app.decorateRequest(name, createAccessors(requestSlots, name, get)),
    replyGetter: (name, get) => void app.decorateReply(name, createAccessors(replySlots, name, get))
  }
  yieldTo(app, 'decorateRequest', (name, value) => takeSlot(requestSlots, name, value))
  yieldTo(
    app,
    'decorateReply',
    (name, value) => takeMethod(replyMethods, name, value) || takeSlot(replySlots, name, value)
  )
  return overridable
}

function findBelow(reply: object, name: string, ours: unknown): ReplyMethod {
  let prototype = Object.getPrototypeOf(reply)
  while (Object.getOwnPropertyDescriptor(prototype, name)?.value !== ours)
    prototype = Object.getPrototypeOf(prototype)
  return Reflect.get(Object.getPrototypeOf(prototype), name)
}

function createAccessors(slots: Map<string, Slot>, name: string, get: Getter) {
  const slot: Slot = { get, set: (value) => value }
  slot.set = function assign(this: object, value: unknown) {
    Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true })
  }
  slots.set(name, slot)
  return {
    getter(this: object) {
      return slot.get.call(this)
    },
    setter(this: object, value: unknown) {
      slot.set.call(this, value)
    }
  }
}

/** Where Fastify finds the name taken, and taken by us, `take` hands it over. */
function yieldTo(
  app: FastifyInstance,
  method: string,
  take: (name: string, value: unknown) => boolean
): void {
  replaceMethod(app, method, (original) => {
    return function decorate(name, value, ...rest) {
      try {
        return original.call(this, name, value, ...rest)
      } catch (error) {
        const isTaken = error instanceof Error && Reflect.get(error, 'code') === 'FST_ERR_DEC_ALREADY_PRESENT'
        if (isTaken && typeof name === 'string' && take(name, value)) return this
        throw error
      }
    }
  })
}

function takeMethod(methods: Map<string, Held>, name: string, value: unknown): boolean {
  const held = methods.get(name)
  if (held === undefined || typeof value !== 'function') return false
  methods.delete(name)
  held.below = value as ReplyMethod
  return true
}

function takeSlot(slots: Map<string, Slot>, name: string, value: unknown): boolean {
  const slot = slots.get(name)
  if (slot === undefined) return false
  slots.delete(name)
  slot.get = isAccessors(value) && value.getter ? value.getter : () => value
  if (isAccessors(value) && value.setter) slot.set = value.setter
  return true
}

function isAccessors(value: unknown): value is { getter?: Getter; setter?: Slot['set'] } {
  return typeof value === 'object' && value !== null && ('getter' in value || 'setter' in value)
}
