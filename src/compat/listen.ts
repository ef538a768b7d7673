import type { FastifyInstance, FastifyListenOptions } from 'fastify'
import { replaceMethod } from './replace-method.ts'

/** `listen(3000)`, `listen(3000, '0.0.0.0', 511, callback)` and `listen('/run/app.sock')`, as up to Fastify 4. */
export function registerListen(app: FastifyInstance): void {
  replaceMethod(app, 'listen', (original) => {
    return function listen(...values) {
      const callback = values.find((value) => typeof value === 'function')
      const options = toListenOptions(values.filter((value) => typeof value !== 'function'))
      return callback === undefined ? original.call(this, options) : original.call(this, options, callback)
    }
  })
}

/** The first value may also be a port in a string, as it comes from the environment. */
export function toListenOptions([first, host, backlog]: readonly unknown[]):
  | FastifyListenOptions
  | undefined {
  if (typeof first === 'object' && first !== null) return first
  if (typeof first === 'string' && !/^\d+$/.test(first)) return { path: first }
  if (first === undefined && host === undefined) return undefined
  const options: FastifyListenOptions = { port: Number(first ?? 0) }
  if (typeof host === 'string') options.host = host
  if (typeof backlog === 'number') options.backlog = backlog
  return options
}
