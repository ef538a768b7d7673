import { unreachable } from '../errors.ts'
import { listParamExpressions } from './mixed-segment.ts'
import type { Part, Pattern, Segment } from './pattern.ts'

/** As people read it: `/users/:id`, `/files/*path` (at least one segment), `/docs/*slug?` (or none). */
export function toDisplayUrl(pattern: Pattern): string {
  return `/${pattern.map(toDisplaySegment).join('/')}`
}

function toDisplaySegment(segment: Segment): string {
  switch (segment.kind) {
    case 'text':
      return segment.text
    case 'mixed':
      return segment.parts.map((part) => (part.kind === 'text' ? part.text : `:${part.name}`)).join('')
    case 'param':
      return `:${segment.name}`
    case 'rest':
      return segment.name === '*' ? '*' : `*${segment.name}`
    case 'optional-rest':
      return `*${segment.name}?`
    default:
      return unreachable(segment)
  }
}

/**
 * As Fastify's router takes it. A parameter that shares its segment with text must not be empty (`/user-` is not
 * `user-[id]`), which needs a regular expression; a parameter alone is never empty because the canonical path
 * has no empty segment. The optional rest has two URLs: this one, and the pattern without it.
 */
export function toFastifyUrl(pattern: Pattern): string {
  return `/${pattern.map(toFastifySegment).join('/')}`
}

function toFastifySegment(segment: Segment): string {
  switch (segment.kind) {
    case 'text':
      return segment.text.replaceAll(':', '::')
    case 'mixed':
      return toFastifyMixed(segment.parts)
    case 'param':
      return `:${segment.name}`
    case 'rest':
    case 'optional-rest':
      return '*'
    default:
      return unreachable(segment)
  }
}

function toFastifyMixed(parts: readonly Part[]): string {
  const expressions = listParamExpressions(parts)
  const texts = parts.map((part) =>
    part.kind === 'text' ? part.text.replaceAll(':', '::') : `:${part.name}(^${expressions.shift()}$)`
  )
  return texts.join('')
}

/**
 * Two patterns of the same shape match the same URLs: parameter names do not count. A backslash can stand in no URL, so
 * it marks what is no text.
 */
export function toShape(pattern: Pattern): string {
  return pattern.map(toShapeSegment).join('/')
}

const PARAM_MARK = '\\:'
const REST_MARK = '\\*'

function toShapeSegment(segment: Segment): string {
  switch (segment.kind) {
    case 'text':
      return segment.text
    case 'mixed':
      return segment.parts.map((part) => (part.kind === 'text' ? part.text : PARAM_MARK)).join('')
    case 'param':
      return PARAM_MARK
    case 'rest':
    case 'optional-rest':
      return REST_MARK
    default:
      return unreachable(segment)
  }
}

/** Names of the parameters, in order. */
export function listParams(pattern: Pattern): string[] {
  return pattern.flatMap((segment) => {
    if (segment.kind === 'text') return []
    if (segment.kind === 'mixed')
      return segment.parts.flatMap((part) => (part.kind === 'param' ? [part.name] : []))
    return [segment.name]
  })
}
