import type { FastifyInstance, FastifyPluginCallback } from 'fastify'
import { isPrefix } from '../routes/assign-scopes.ts'
import type { Scope } from '../routes/table.ts'

type PluginFunction = (server: FastifyInstance, options: object, done: (error?: Error) => void) => unknown

const KEPT = [Symbol.for('plugin-meta'), Symbol.for('fastify.display-name')]

/**
 * A `+` or boot file's function as a Fastify plugin that is not encapsulated: its hooks and decorators hold for the
 * context it is registered in. The user's function stays as it is; it may be registered elsewhere too.
 *
 * Whatever fails in it goes to `onFault` and no further, or the whole app would not start: what it throws, passes to
 * `done`, does not get done in time, and the plugins that it registers without waiting for them.
 */
export function toScopePlugin(
  plugin: PluginFunction,
  onFault: (error: unknown) => void
): FastifyPluginCallback {
  const own = toUnencapsulated(plugin)
  return withoutOverride(function scopePlugin(server: FastifyInstance, _options: object, done: () => void) {
    server.register(own)
    // An `after` that takes the error ends its way up.
    server.after((error) => {
      if (error) onFault(error)
    })
    done()
  })
}

function toUnencapsulated(plugin: PluginFunction): FastifyPluginCallback {
  const wrapped =
    plugin.length >= 3
      ? (server: FastifyInstance, options: object, done: (error?: Error) => void) =>
          void plugin(server, options, done)
      : async (server: FastifyInstance, options: object) =>
          void (await (plugin as (server: FastifyInstance, options: object) => unknown)(server, options))
  const kept = KEPT.flatMap((key) => (key in plugin ? [[key, Reflect.get(plugin, key)] as const] : []))
  return withoutOverride(Object.assign(wrapped, Object.fromEntries(kept)))
}

function withoutOverride(plugin: PluginFunction): FastifyPluginCallback {
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true }) as FastifyPluginCallback
}

/** The scopes right below `parent` (below the root for undefined): URLs inside its with no other scope between. */
export function listChildScopes(scopes: readonly Scope[], parent: Scope | undefined): Scope[] {
  return scopes.filter((scope) => findParent(scopes, scope) === parent)
}

function findParent(scopes: readonly Scope[], scope: Scope): Scope | undefined {
  const above = scopes.filter((other) => other !== scope && isPrefix(other.pattern, scope.pattern))
  return above.toSorted((a, b) => b.pattern.length - a.pattern.length)[0]
}
