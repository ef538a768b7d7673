/**
 * What `import x from 'package'` sees in a `type: module` package, as Node has it: the default of a CommonJS package
 * is all of its `module.exports`, also when that says `__esModule`.
 */
export function toImported(value: unknown): unknown {
  if (!isRecord(value) || value.__esModule !== true) return value
  const imported = Object.create(null, { __esModule: { value: true } }) as object
  for (const name of Object.keys(value)) {
    if (name === 'default' || name === '__esModule') continue
    Object.defineProperty(imported, name, { get: () => value[name], enumerable: true })
  }
  return Object.defineProperty(imported, 'default', { value, enumerable: true })
}

/** What `import()` resolves to: the exports of an ES module, or CommonJS exports as `default` and by name. */
export function toNamespace(exports: unknown): unknown {
  if (!isRecord(exports)) return { default: exports }
  if (exports.__esModule === true) return exports
  const namespace = {}
  for (const name of Object.keys(exports)) {
    Object.defineProperty(namespace, name, { get: () => exports[name], enumerable: true })
  }
  return Object.defineProperty(namespace, 'default', { value: exports, enumerable: true })
}

/** An overlay may say only what differs, and leave the rest to its prototype: every name of the real one is looked up. */
export function toProcessNamespace(own: NodeJS.Process): unknown {
  const namespace = { default: own }
  for (const name of Object.getOwnPropertyNames(process)) {
    Object.defineProperty(namespace, name, { get: () => Reflect.get(own, name) as unknown, enumerable: true })
  }
  return namespace
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
