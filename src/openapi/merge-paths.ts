import type { Operation, PathItem } from './document.ts'

/**
 * `/users/{id}` and `/users/{name}` are one path to OpenAPI, while two files may well name the parameter of two
 * methods differently: the first path that is met gives the names.
 */
export function mergeSamePaths(paths: Readonly<Record<string, PathItem>>): Record<string, PathItem> {
  const merged: Record<string, PathItem> = {}
  const known = new Map<string, string>()
  for (const [path, item] of Object.entries(paths)) {
    const shape = path.replace(/\{[^{}]*\}/g, '{}')
    const first = known.get(shape)
    known.set(shape, first ?? path)
    if (first === undefined) merged[path] = item
    else merged[first] = { ...renameParams(item, path, first), ...merged[first] }
  }
  return merged
}

function renameParams(item: PathItem, from: string, to: string): PathItem {
  const names = listNames(to)
  const renamed = new Map(listNames(from).map((name, i) => [name, names[i] ?? name]))
  const rename = (operation: Operation | undefined): Operation | undefined =>
    operation?.parameters && {
      ...operation,
      parameters: operation.parameters.map((parameter) =>
        parameter.in === 'path'
          ? { ...parameter, name: renamed.get(parameter.name) ?? parameter.name }
          : parameter
      )
    }
  return Object.fromEntries(
    Object.entries(item).map(([method, operation]) => [method, rename(operation) ?? operation])
  )
}

function listNames(path: string): string[] {
  return [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name ?? '')
}
