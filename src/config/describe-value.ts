/** A value and its type for a message: `"abc" (string)`, `[1, 2] (list)`, `null`. Cut where it is long. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  const type = Array.isArray(value) ? 'list' : typeof value
  if (type === 'function') return 'a function'
  return `${toShort(value)} (${type})`
}

function toShort(value: unknown): string {
  let text: string | undefined
  try {
    text = typeof value === 'bigint' ? `${value}n` : JSON.stringify(value)
  } catch {
    // Circular: its type has to do.
  }
  text ??= String(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
