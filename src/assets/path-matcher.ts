/** What placeholders and the splat of a rule stand for: `{ id: '7', splat: 'a/b' }`. Undefined: no match. */
export type Captures = Readonly<Record<string, string>>
export type PathMatcher = (path: string) => Captures | undefined

/** A rule's path can not be compiled; the message says why. */
export interface PathFault {
  readonly fault: string
}

/**
 * Compiles the path (separator `/`) or host (separator `.`) of a `_headers` or `_redirects` rule, once.
 * `:name` is at least one character without the separator, one `*` is anything, `/` and nothing included.
 * Where a segment holds several placeholders the first takes as much as it can.
 *
 * No regular expression: matching is linear in the length of the path whatever a rule looks like.
 */
export function createPathMatcher(rule: string, separator: '/' | '.'): PathMatcher | PathFault {
  const segments = rule.split(separator)
  const splatAt = segments.findIndex((segment) => segment.includes('*'))
  if (rule.split('*').length > 2) return { fault: 'Only one wildcard is allowed per rule.' }
  const names = listPlaceholders(rule)
  if (new Set(names).size < names.length) return { fault: 'A placeholder may be named only once per rule.' }
  if (splatAt === -1) return createPlainMatcher(segments.map(parseTokens), separator)
  if (names.includes('splat')) return { fault: 'Cannot combine a wildcard * with a :splat placeholder.' }
  const splatSegment = segments[splatAt] ?? ''
  if (listPlaceholders(splatSegment).length > 0)
    return { fault: 'A wildcard and a placeholder can not share a segment.' }
  return createSplatMatcher(segments, splatAt, separator)
}

/** Names of the placeholders in a text, in order. */
export function listPlaceholders(text: string): string[] {
  return [...text.matchAll(placeholder)].map((match) => match[1] ?? '')
}

/** Replaces `:name` where a capture of that name exists. */
export function fillPlaceholders(text: string, captures: Captures): string {
  return text.replace(placeholder, (whole, name: string) =>
    Object.hasOwn(captures, name) ? (captures[name] ?? '') : whole
  )
}

const placeholder = /:([A-Za-z]\w*)/g

interface Token {
  /** Text before the placeholder. */
  readonly text: string
  /** Undefined at the end of the segment. */
  readonly name: string | undefined
}

function parseTokens(segment: string): Token[] {
  const pieces = segment.split(placeholder)
  const tokens: Token[] = []
  for (let index = 0; index < pieces.length; index += 2) {
    tokens.push({ text: pieces[index] ?? '', name: pieces[index + 1] })
  }
  return tokens
}

function createPlainMatcher(segments: readonly Token[][], separator: string): PathMatcher {
  return function matchPlain(path) {
    const values = path.split(separator)
    if (values.length !== segments.length) return undefined
    const captures: Record<string, string> = {}
    return matchSegments(segments, values, captures) ? captures : undefined
  }
}

function createSplatMatcher(rule: readonly string[], splatAt: number, separator: string): PathMatcher {
  const before = rule.slice(0, splatAt).map(parseTokens)
  const after = rule.slice(splatAt + 1).map(parseTokens)
  const [prefix = '', suffix = ''] = (rule[splatAt] ?? '').split('*')
  return function matchSplat(path) {
    const values = path.split(separator)
    const end = values.length - after.length
    if (end <= splatAt) return undefined
    const middle = values.slice(splatAt, end).join(separator)
    if (middle.length < prefix.length + suffix.length) return undefined
    if (!middle.startsWith(prefix) || !middle.endsWith(suffix)) return undefined
    const captures: Record<string, string> = {
      splat: middle.slice(prefix.length, middle.length - suffix.length)
    }
    if (!matchSegments(before, values, captures)) return undefined
    return matchSegments(after, values.slice(end), captures) ? captures : undefined
  }
}

function matchSegments(
  segments: readonly Token[][],
  values: readonly string[],
  captures: Record<string, string>
): boolean {
  return segments.every((tokens, index) => matchTokens(tokens, values[index] ?? '', captures))
}

/** From the right, each text as far right as it fits: so the placeholder before it gets as much as possible. */
function matchTokens(tokens: readonly Token[], value: string, captures: Record<string, string>): boolean {
  const last = tokens[tokens.length - 1]?.text ?? ''
  if (tokens.length === 1) return value === last
  if (!value.endsWith(last)) return false
  let end = value.length - last.length
  for (let index = tokens.length - 2; index >= 0; index--) {
    const { text, name = '' } = tokens[index] ?? { text: '' }
    const start = index === 0 ? 0 : value.lastIndexOf(text, end - text.length - 1)
    if (start < 0 || start + text.length >= end || !value.startsWith(text, start)) return false
    captures[name] = value.slice(start + text.length, end)
    end = start
  }
  return true
}
