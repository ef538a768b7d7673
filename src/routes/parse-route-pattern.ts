import { parseSegment } from './parse-segment.ts'
import type { SegmentError } from './parse-segment.ts'
import type { Pattern, Segment } from './pattern.ts'

export type ParsedPattern =
  | { readonly kind: 'pattern'; readonly pattern: Pattern }
  | { readonly kind: 'error'; readonly error: SegmentError }

const SYNTAX = { colons: true, dots: true, namelessRest: false }

/**
 * Parses a URL as fn.config.json writes it (`invoke.route`, `invoke.routes`): `/v1/:id`, `/files/:path*`, `/api/*`,
 * and the bracket forms of file names. A bare `*` is the parameter `wildcard`, as FastFN calls it.
 */
export function parseRoutePattern(text: string): ParsedPattern {
  const pattern: Segment[] = []
  let index = text.startsWith('/') ? 1 : 0
  const texts = text.slice(index).split('/')
  for (const [i, segmentText] of texts.entries()) {
    const isLast = i === texts.length - 1
    if (segmentText !== '' || !isLast) {
      const parsed = parseOne(segmentText)
      if (parsed.kind === 'error')
        return { kind: 'error', error: { ...parsed.error, index: index + parsed.error.index } }
      if (isRest(parsed.segment) && !isLast) return { kind: 'error', error: toRestError(index, segmentText) }
      pattern.push(parsed.segment)
    }
    index += segmentText.length + 1
  }
  return { kind: 'pattern', pattern }
}

/** A URL prefix such as `/api/:version` as a pattern; one that is none is no prefix. */
export function toPrefix(prefix: string): Pattern {
  const parsed = parseRoutePattern(prefix)
  return parsed.kind === 'pattern' ? parsed.pattern : []
}

export function isRest(segment: Segment | undefined): boolean {
  return segment?.kind === 'rest' || segment?.kind === 'optional-rest'
}

function parseOne(text: string): ReturnType<typeof parseSegment> {
  if (text === '*') return { kind: 'segment', segment: { kind: 'rest', name: 'wildcard' } }
  const named = /^:([A-Za-z0-9_]+)\*$/.exec(text)
  if (named) return { kind: 'segment', segment: { kind: 'rest', name: named[1] ?? '' } }
  if (text === '') {
    return {
      kind: 'error',
      error: { message: 'A segment is empty.', fix: 'Remove the doubled slash.', index: 0, length: 1 }
    }
  }
  return parseSegment(text, SYNTAX)
}

function toRestError(index: number, text: string): SegmentError {
  const message = 'The rest of a path can only stand at its end.'
  return {
    message,
    fix: 'Move it to the end, or use a parameter for one segment.',
    index,
    length: text.length
  }
}
