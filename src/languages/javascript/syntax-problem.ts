import { createProblem, TreewayError, type Problem } from '../../errors.ts'
import { toShownName } from './source-file.ts'

export interface SourceFile {
  /** Absolute. */
  readonly file: string
  readonly source: string
  /** Absolute project directory: names in messages are relative to it. */
  readonly dir?: string | undefined
}

export interface Position {
  /** From 1. */
  readonly line: number
  /** From 1, in characters. */
  readonly column: number
}

/** A problem at a place of a source file, with the lines around it and a caret. */
export function createSyntaxProblem(at: SourceFile, text: string, position?: Position): Problem {
  const name = toShownName(at.file, at.dir)
  if (!position) return createProblem('TREEWAY_SYNTAX', `${name}: ${text}`, { file: name })
  return createProblem('TREEWAY_SYNTAX', `${name}:${position.line}:${position.column}: ${text}`, {
    file: name,
    ...position,
    frame: printFrame(at.source, position)
  })
}

/** What esbuild threw, as problems; empty when it was no complaint about the source. */
export function toSyntaxProblems(at: SourceFile, error: unknown): Problem[] {
  return readMessages(error).map((message) => {
    const { location } = message
    if (!location) return createSyntaxProblem(at, message.text)
    return createSyntaxProblem(at, message.text, {
      line: location.line,
      column: toCharacterColumn(location.lineText, location.column)
    })
  })
}

export function createSyntaxError(problems: readonly Problem[], cause: unknown): TreewayError {
  const message = problems[0]?.message ?? 'A file does not parse'
  return new TreewayError('TREEWAY_SYNTAX', message, { problems, cause })
}

/** Two lines before, the line, and a caret under its column. */
export function printFrame(source: string, { line, column }: Position): string {
  const lines = source.split(/\r\n|\r|\n/)
  const first = Math.max(1, line - 2)
  const width = String(line).length
  const shown = lines.slice(first - 1, line).map((text, index) => {
    const number = first + index
    return `${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${text}`
  })
  // Tabs are kept, so that the caret stands under its character at any tab width.
  const indent = (lines[line - 1] ?? '').slice(0, column - 1).replace(/[^\t]/g, ' ')
  return [...shown, `  ${' '.repeat(width)} | ${indent.padEnd(column - 1)}^`].join('\n')
}

interface EsbuildMessage {
  readonly text: string
  readonly location: { readonly line: number; readonly column: number; readonly lineText: string } | null
}

function readMessages(error: unknown): readonly EsbuildMessage[] {
  if (typeof error !== 'object' || error === null || !('errors' in error)) return []
  return Array.isArray(error.errors) ? error.errors : []
}

/** esbuild counts bytes from 0, people count characters from 1. */
function toCharacterColumn(lineText: string, bytes: number): number {
  return Buffer.from(lineText).subarray(0, bytes).toString().length + 1
}
