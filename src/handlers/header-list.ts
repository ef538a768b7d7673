/** Headers as name, value, name, value ...: what is sent is made of it without a `Headers` in between. */
export type HeaderList = readonly string[]

/** Names are in lower case. `type` is the content type where the headers have none. */
export function toHeaderList(init: HeadersInit | undefined, type?: string): HeaderList {
  if (init === undefined) return type === undefined ? EMPTY : ['content-type', type]
  const list: string[] = []
  // Whatever comes in pairs Node's own Headers read, and join the values of one name.
  if (Symbol.iterator in init) for (const [name, value] of toPairs(init)) list.push(name, value)
  else for (const name of Object.keys(init)) addEntry(list, name.toLowerCase(), init[name])
  if (type !== undefined && !hasType(list)) list.push('content-type', type)
  return list
}

/** A `Headers` of its own, to be read and changed. */
export function toHeaders(list: HeaderList): Headers {
  const headers = new Headers()
  for (let i = 0; i < list.length; i += 2) headers.append(list[i] ?? '', list[i + 1] ?? '')
  return headers
}

const EMPTY: HeaderList = []

function toPairs(init: Headers | Iterable<unknown>): Headers {
  return init instanceof Headers ? init : new Headers(init as [string, string][])
}

function addEntry(list: string[], name: string, value: unknown): void {
  if (Array.isArray(value)) for (const one of value) list.push(name, String(one))
  else list.push(name, String(value))
}

/** Whether a content type is among them. */
export function hasType(list: HeaderList): boolean {
  for (let i = 0; i < list.length; i += 2) if (list[i] === 'content-type') return true
  return false
}
