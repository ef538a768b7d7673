import type { FastifyInstance } from 'fastify'
import { minVersion, satisfies, validRange } from 'semver'
import { isThenable } from './is-thenable.ts'
import { replaceMethod } from './replace-method.ts'

const meta = Symbol.for('plugin-meta')

export interface PluginMeta {
  readonly name?: string
  readonly fastify?: string
}

/** A plugin as `register` takes it, once a promise or a module around it is opened. */
export type Plugin = (context: FastifyInstance, options: unknown, done: () => void) => unknown

/**
 * Plugins written for Fastify 3 or 4 are accepted: what they used is here. A log line at debug level says so.
 * `adapt` may wrap any plugin once more.
 */
export function registerPluginMeta(app: FastifyInstance, adapt: (plugin: Plugin) => Plugin): void {
  replaceMethod(app, 'register', (original) => {
    return function register(plugin, options) {
      return original.call(
        this,
        openPlugin(plugin, (found) => adapt(relaxMeta(app, found))),
        options
      )
    }
  })
}

/** The version a plugin asks for and its name, as fastify-plugin leaves them on it. */
export function readMeta(plugin: Plugin): PluginMeta {
  return (Reflect.get(plugin, meta) as PluginMeta | undefined) ?? {}
}

/** fastify-plugin makes a function its own `default`, which a module loader then looks for. */
export function readSelf(target: object, key: string | symbol, self: unknown): unknown {
  const value: unknown = Reflect.get(target, key)
  return value === target ? self : value
}

function openPlugin(value: unknown, adapt: (plugin: Plugin) => Plugin): unknown {
  if (typeof value === 'function') return adapt(value as Plugin)
  if (isThenable(value)) return value.then((loaded: unknown) => openPlugin(loaded, adapt))
  if (
    typeof value === 'object' &&
    value !== null &&
    'default' in value &&
    typeof value.default === 'function'
  ) {
    return adapt(value.default as Plugin)
  }
  return value
}

/** A plugin that asks for a newer Fastify than this one is still refused, by Fastify. */
function relaxMeta(app: FastifyInstance, plugin: Plugin): Plugin {
  const found = readMeta(plugin)
  const range = found.fastify
  if (range === undefined || validRange(range) === null || satisfies(app.version, range)) return plugin
  if ((minVersion(range)?.major ?? 0) >= Number.parseInt(app.version, 10)) return plugin
  app.log.debug({ plugin: found.name, declared: range }, 'plugin for an older Fastify accepted')
  const { fastify: _declared, ...rest } = found
  // the plugin itself stays as it is: another instance may register it too
  return new Proxy(plugin, {
    get: (target, key, self) => (key === meta ? rest : readSelf(target, key, self))
  })
}
