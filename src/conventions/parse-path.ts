import { createProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { isRest } from '../routes/parse-route-pattern.ts'
import { parseSegment } from '../routes/parse-segment.ts'
import type { SegmentError, SegmentSyntax } from '../routes/parse-segment.ts'
import { listParams } from '../routes/format-pattern.ts'
import type { Pattern, Segment } from '../routes/pattern.ts'

export type ParsedPath =
  | { readonly kind: 'pattern'; readonly pattern: Pattern }
  | { readonly kind: 'problem'; readonly problem: Problem }

export interface PathSource {
  /** Path below the project's directory: what the problem names. */
  readonly file: string
  /** Texts of the folders and of the file's own segments, in order. */
  readonly segments: readonly string[]
  readonly syntax: SegmentSyntax
}

/** Parses the folders and the name of one file to a pattern, or says which character is wrong. */
export function parsePath(source: PathSource): ParsedPath {
  const pattern: Segment[] = []
  for (const [i, text] of source.segments.entries()) {
    const parsed = parseSegment(text, source.syntax)
    if (parsed.kind === 'error') return toProblem(source.file, text, parsed.error)
    if (isRest(parsed.segment) && i < source.segments.length - 1)
      return toProblem(source.file, text, toRestError(text))
    pattern.push(parsed.segment)
  }
  const names = listParams(pattern)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) return toProblem(source.file, twice, toTwiceError(twice))
  return { kind: 'pattern', pattern }
}

function toProblem(file: string, text: string, error: SegmentError): ParsedPath {
  const start = Math.max(file.lastIndexOf(text), 0) + error.index
  const frame = `${file}\n${' '.repeat(start)}${'^'.repeat(Math.max(error.length, 1))}`
  return {
    kind: 'problem',
    problem: createProblem('TREEWAY_NAME_INVALID', error.message, { file, fix: error.fix, frame })
  }
}

function toRestError(text: string): SegmentError {
  const message = `"${text}" takes the rest of the path, so nothing can follow it.`
  return {
    message,
    fix: 'Move it to the end of the path, or use [name] for one segment.',
    index: 0,
    length: text.length
  }
}

function toTwiceError(name: string): SegmentError {
  const message = `Two parameters of the path are called "${name}": the handler would see only one.`
  return { message, fix: 'Give each parameter of a path its own name.', index: 0, length: name.length }
}
