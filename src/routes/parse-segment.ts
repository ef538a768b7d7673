import type { Part, Segment } from './pattern.ts'

/** Which forms a convention knows in one segment of a name. */
export interface SegmentSyntax {
  /** `:id`, and `::` for a literal colon. */
  readonly colons: boolean
  /** `[...x]` and `[[...x]]`. */
  readonly dots: boolean
  /** A rest may be nameless, `[...]`: Fastify's `*`. */
  readonly namelessRest: boolean
}

export type ParsedSegment =
  | { readonly kind: 'segment'; readonly segment: Segment }
  | { readonly kind: 'error'; readonly error: SegmentError }

/** What is wrong with a name, and under which characters the caret belongs. */
export interface SegmentError {
  readonly message: string
  readonly fix: string
  /** From 0, in the segment's text. */
  readonly index: number
  readonly length: number
}

interface Token {
  readonly kind: 'text' | 'param' | 'rest' | 'optional-rest'
  readonly value: string
  readonly index: number
  readonly length: number
}

const PARAM_NAME = /^[A-Za-z0-9_]+$/
const BRACKET = /^(\[\[\.\.\.|\[\.\.\.|\[\[|\[)([^[\]]*)(\]\]|\])/
const COLON_PARAM = /^:([A-Za-z0-9_]+)/
/** Up to the next character that means something, or that can never come back out of a request's path. */
const PLAIN_TEXT = /^[^[\]:*?#\\\u0000]+/

/**
 * Parses one segment of a file name: `[id]`, `:id`, `user-[id]`, `[...rest]`, plain text.
 * Pure; the caller turns an error into a problem with the file's name.
 */
export function parseSegment(text: string, syntax: SegmentSyntax): ParsedSegment {
  const tokens: Token[] = []
  let index = 0
  while (index < text.length) {
    const token = readToken(text, index, syntax)
    if ('message' in token) return { kind: 'error', error: token }
    pushToken(tokens, token)
    index += token.length
  }
  return toSegment(tokens)
}

function readToken(text: string, index: number, syntax: SegmentSyntax): Token | SegmentError {
  const rest = text.slice(index)
  const [value] = PLAIN_TEXT.exec(rest) ?? []
  if (value !== undefined) return { kind: 'text', value, index, length: value.length }
  if (rest.startsWith('[')) return readBracket(rest, index, syntax)
  if (rest.startsWith(']')) return toError('A closing bracket has no opening one.', index)
  if (rest.startsWith(':')) return readColon(rest, index, syntax)
  return toError(
    `"${rest[0] ?? ''}" can not stand in a URL path.`,
    index,
    `Use ${syntax.dots ? '[...name]' : '[[name]]'} for the rest of a path, or another character.`
  )
}

function readBracket(rest: string, index: number, syntax: SegmentSyntax): Token | SegmentError {
  const match = BRACKET.exec(rest)
  const open = match?.[1] ?? ''
  const name = match?.[2] ?? ''
  const length = match?.[0].length ?? rest.length
  if (!match || open.startsWith('[[') !== (match[3] === ']]')) {
    return { ...toError('The brackets are not closed as they were opened.', index), length }
  }
  if (open.endsWith('...') && !syntax.dots) {
    const fix = `Write [[${name}]]: in this convention two brackets mean the rest of the path.`
    return { message: `Invalid route parameter "${match[0]}": Pages has no such form.`, fix, index, length }
  }
  if (open === '[...' && name === '' && syntax.namelessRest)
    return { kind: 'rest', value: '*', index, length }
  if (!PARAM_NAME.test(name)) return toNameError(match[0], name, index)
  const kind = open === '[' ? 'param' : open === '[...' ? 'rest' : 'optional-rest'
  return { kind, value: name, index, length }
}

function readColon(rest: string, index: number, syntax: SegmentSyntax): Token | SegmentError {
  if (!syntax.colons) {
    return toError('A colon can not stand in this file name.', index, 'Write a parameter as [name].')
  }
  if (rest.startsWith('::')) return { kind: 'text', value: ':', index, length: 2 }
  const match = COLON_PARAM.exec(rest)
  if (!match)
    return toError(
      'A colon needs a parameter name behind it.',
      index,
      'Write :name, or :: for a literal colon.'
    )
  return { kind: 'param', value: match[1] ?? '', index, length: match[0].length }
}

function pushToken(tokens: Token[], token: Token): void {
  const last = tokens.at(-1)
  if (last?.kind === 'text' && token.kind === 'text') {
    tokens[tokens.length - 1] = {
      ...last,
      value: last.value + token.value,
      length: last.length + token.length
    }
  } else tokens.push(token)
}

function toSegment(tokens: readonly Token[]): ParsedSegment {
  const only = tokens.length === 1 ? tokens[0] : undefined
  if (only) {
    const segment: Segment =
      only.kind === 'text' ? { kind: 'text', text: only.value } : { kind: only.kind, name: only.value }
    return { kind: 'segment', segment }
  }
  return toMixedSegment(tokens)
}

function toMixedSegment(tokens: readonly Token[]): ParsedSegment {
  const parts: Part[] = []
  for (const [i, token] of tokens.entries()) {
    if (token.kind === 'rest' || token.kind === 'optional-rest') {
      const message = 'The rest of a path can not share its segment with anything else.'
      return {
        kind: 'error',
        error: { ...toError(message, token.index, 'Give it a segment of its own.'), length: token.length }
      }
    }
    if (token.kind === 'param' && tokens[i - 1]?.kind === 'param') {
      const message = 'Two parameters stand side by side with no text between them.'
      return {
        kind: 'error',
        error: {
          ...toError(message, token.index, 'Put a text such as - between them.'),
          length: token.length
        }
      }
    }
    if (token.kind === 'text' && i > 0 && token.value.includes('%')) {
      const message = 'A percent sign can not stand behind a parameter in the same segment.'
      const index = token.index + token.value.indexOf('%')
      return {
        kind: 'error',
        error: toError(message, index, 'Put it before the parameter, or leave it out.')
      }
    }
    parts.push(
      token.kind === 'text' ? { kind: 'text', text: token.value } : { kind: 'param', name: token.value }
    )
  }
  return { kind: 'segment', segment: { kind: 'mixed', parts } }
}

function toNameError(form: string, name: string, index: number): SegmentError {
  const message =
    name === ''
      ? `The parameter "${form}" has no name.`
      : `Invalid route parameter "${form}": "${name}" is no name.`
  return { message, fix: 'Use letters, digits and underscores only.', index, length: form.length }
}

function toError(message: string, index: number, fix = 'Rename the file or folder.'): SegmentError {
  return { message, fix, index, length: 1 }
}
