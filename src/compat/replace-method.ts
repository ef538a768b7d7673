import type { FastifyInstance } from 'fastify'

/** A method of a Fastify instance, without the types of its overloads. */
export type Method = (this: FastifyInstance, ...values: unknown[]) => unknown

/**
 * Puts `create(original)` in the place of a method of the root instance. Child contexts inherit it, because Fastify
 * makes them with the root as prototype; `this` is the context it was called on.
 */
export function replaceMethod(
  app: FastifyInstance,
  name: string,
  create: (original: Method) => Method
): void {
  const original: Method = Reflect.get(app, name)
  Reflect.set(app, name, create(original))
}
