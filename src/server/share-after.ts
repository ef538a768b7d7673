import type { FastifyInstance } from 'fastify'

type Done = (error?: unknown) => void
type Step = (error: unknown, done: Done) => void

/**
 * Runs `register`, and puts off together what it puts off with `instance.after((error, done) => ...)`. Fastify does so with
 * a part of each route, and each time costs a plugin with a queue and a timer of its own.
 */
export function shareAfter(instance: FastifyInstance, register: () => void): void {
  const steps: Step[] = []
  const own = Object.getOwnPropertyDescriptor(instance, 'after')
  const after = instance.after.bind(instance) as (step?: unknown) => unknown
  instance.after = function shared(step?: unknown) {
    if (typeof step !== 'function' || step.length !== 2) return after(step)
    steps.push(step as Step)
    return instance
  } as FastifyInstance['after']
  try {
    register()
  } finally {
    if (own) Object.defineProperty(instance, 'after', own)
    else Reflect.deleteProperty(instance, 'after')
    if (steps.length > 0) after((error: unknown, done: Done) => runTogether(steps, error, done))
  }
}

/** Done when all are, with the first error that one of them has. */
function runTogether(steps: readonly Step[], given: unknown, done: Done): void {
  let left = steps.length
  let failure: unknown
  for (const step of steps) {
    step(given, (error) => {
      failure ??= error
      left -= 1
      if (left === 0) done(failure)
    })
  }
}
