import { readFileSync } from 'node:fs'

/** A piece of a source file around the place of a fault. */
export interface SourceFrame {
  readonly lines: readonly SourceLine[]
  /** From 1. */
  readonly line: number
  /** From 1, in characters; absent where only the line is known. */
  readonly column?: number
}

export interface SourceLine {
  readonly number: number
  readonly text: string
}

const LINES_BEFORE = 4
const LINES_AFTER = 3
/** A minified file may be one line. */
const MAX_LINE_LENGTH = 400
const SOURCE_FILE = /\.(?:[cm]?[jt]s|[jt]sx|json|py|php|lua|go|rs|toml|txt)$/i

/**
 * Reads the lines around a place. Undefined for whatever is no source file, such as `.env`: a stack is text that a
 * handler can write as it likes.
 *
 * @param file Absolute.
 */
export function readSourceFrame(
  file: string,
  { line, column }: { readonly line: number; readonly column?: number | undefined }
): SourceFrame | undefined {
  if (!SOURCE_FILE.test(file) || /[\\/]\./.test(file)) return undefined
  // A line break at the end begins no line that anybody wrote, but a fault may stand there.
  const text = readText(file)?.split(/\r\n|\r|\n/)
  if (text?.at(-1) === '' && line < text.length) text.pop()
  if (text === undefined || line < 1 || line > text.length) return undefined
  const first = Math.max(1, line - LINES_BEFORE)
  const lines = text
    .slice(first - 1, line + LINES_AFTER)
    .map((source, i) => ({ number: first + i, text: source.slice(0, MAX_LINE_LENGTH) }))
  return { lines, line, ...(column === undefined || column > MAX_LINE_LENGTH ? {} : { column }) }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
