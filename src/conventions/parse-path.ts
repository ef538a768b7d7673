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
export function parsePath({ file, segments, syntax }: PathSource): ParsedPath {
  const pattern: Segment[] = []
  let end = 0
  for (const [i, text] of segments.entries()) {
    // The folder of the tree stands in front, and the parts of `get.users.js` are parted by dots: so they are looked up.
    const start = Math.max(file.indexOf(text, end), 0)
    end = start + text.length
    const parsed = parseSegment(text, syntax)
    if (parsed.kind === 'error') return toProblem(file, start, parsed.error)
    if (isRest(parsed.segment) && i < segments.length - 1) return toProblem(file, start, toRestError(text))
    pattern.push(parsed.segment)
  }
  const names = listParams(pattern)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  return twice === undefined
    ? { kind: 'pattern', pattern }
    : toProblem(file, findParam(file, twice), toTwiceError(twice))
}

function toProblem(file: string, start: number, error: SegmentError): ParsedPath {
  const indent = ' '.repeat(start + error.index)
  const frame = `${file}\n${indent}${'^'.repeat(Math.max(error.length, 1))}`
  return {
    kind: 'problem',
    problem: createProblem('TREEWAY_NAME_INVALID', error.message, { file, fix: error.fix, frame })
  }
}

/** Where the name stands as a parameter for the last time. */
function findParam(file: string, name: string): number {
  const places = [...file.matchAll(new RegExp(`(?<=[[.:])${name}(?![A-Za-z0-9_])`, 'g'))]
  return places.findLast(({ index }) => file[index - 1] !== '.' || file[index - 2] === '.')?.index ?? 0
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
