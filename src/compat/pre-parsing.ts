import type { Hook } from './guard-hook.ts'
import { isThenable } from './is-thenable.ts'

type Done = (error?: Error | null, payload?: unknown) => void

/**
 * The pages show `preParsing(request, reply, done)`; since Fastify 4 the third argument is the body's stream, and a
 * compiled async function takes three parameters too. So a three-parameter hook gets an argument that is both: calling
 * it is `done`, and everything else reads the stream.
 */
export function adaptPreParsing(hook: Hook): Hook {
  if (hook.length !== 3 || hook.constructor.name === 'AsyncFunction') return hook
  return function preParsing(request, reply, stream, done) {
    const either = createDoneAndStream(stream as object, done as Done)
    const result = hook.call(this, request, reply, either)
    if (!isThenable(result)) return result
    return result.then((value) => (value === either ? stream : value))
  }
}

function createDoneAndStream(stream: object, done: Done): object {
  return new Proxy(done, {
    get(_done, key) {
      const value: unknown = Reflect.get(stream, key)
      return typeof value === 'function' ? value.bind(stream) : value
    },
    set: (_done, key, value) => Reflect.set(stream, key, value),
    has: (_done, key) => Reflect.has(stream, key),
    getPrototypeOf: () => Reflect.getPrototypeOf(stream)
  })
}
