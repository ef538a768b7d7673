/** A place in a text. */
export interface Place {
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** The line and a caret under the place. */
  readonly frame: string
}

/** Line, column and a frame with carets for `length` characters from `index` (both from 0). */
export function toPlace(text: string, index: number, length = 1): Place {
  const before = text.slice(0, index)
  const line = before.split('\n').length
  const column = index - before.lastIndexOf('\n')
  const source = (text.split('\n')[line - 1] ?? '').replace(/\r$/, '')
  const carets = '^'.repeat(Math.max(1, Math.min(length, source.length - column + 1)))
  // Tabs stay tabs, so that the caret stands right whatever a terminal makes of them.
  const indent = source.slice(0, column - 1).replaceAll(/[^\t]/g, ' ')
  const number = String(line)
  const frame = `${number} | ${source}\n${' '.repeat(number.length)} | ${indent}${carets}`
  return { line, column, frame }
}
