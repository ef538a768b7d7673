const ARRAY = Symbol('array')
const OBJECT = Symbol('object')

/**
 * What a JSON value is made of, one after the other: two values print the same exactly where their parts are the same.
 * A fraction of what printing costs, and no nesting is too deep for it.
 *
 * @param value Plain data: of other objects only the enumerable properties count. A property that is undefined is not printed.
 */
export function listJsonParts(value: unknown): unknown[] {
  const parts: unknown[] = []
  const open = [value]
  while (open.length > 0) {
    const next = open.pop()
    if (typeof next !== 'object' || next === null) parts.push(next)
    else if (Array.isArray(next)) openArray(next, parts, open)
    else openObject(next as Readonly<Record<string, unknown>>, parts, open)
  }
  return parts
}

function openArray(value: readonly unknown[], parts: unknown[], open: unknown[]): void {
  parts.push(ARRAY, value.length)
  for (const item of value) open.push(item)
}

function openObject(value: Readonly<Record<string, unknown>>, parts: unknown[], open: unknown[]): void {
  parts.push(OBJECT)
  for (const key in value) {
    const property = value[key]
    if (property === undefined) continue
    parts.push(key)
    open.push(property)
  }
}

export function hasSameParts(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
