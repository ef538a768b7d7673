/**
 * `process` as the files of one folder see it: its `env` also has what fn.env.json of the folder gives. The real one
 * is not changed, so other folders do not see it.
 */
export function createProcessOverlay(env: Readonly<Record<string, string>>): NodeJS.Process {
  const overlaidEnv = new Proxy(process.env, {
    get: (target, name) =>
      typeof name === 'string' && Object.hasOwn(env, name) ? env[name] : Reflect.get(target, name),
    has: (target, name) => Object.hasOwn(env, name) || Reflect.has(target, name),
    ownKeys: (target) => [...new Set([...Reflect.ownKeys(target), ...Object.keys(env)])],
    getOwnPropertyDescriptor(target, name) {
      if (typeof name !== 'string' || !Object.hasOwn(env, name))
        return Reflect.getOwnPropertyDescriptor(target, name)
      return { value: env[name], enumerable: true, configurable: true, writable: true }
    }
  })
  return new Proxy(process, {
    get(target, name) {
      if (name === 'env') return overlaidEnv
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    }
  })
}
