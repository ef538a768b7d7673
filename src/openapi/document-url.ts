import { unreachable } from '../errors.ts'
import type { Part, Pattern, Segment } from '../routes/pattern.ts'

/** A parameter of a URL, as the document names it. */
export interface UrlParam {
  readonly name: string
  /** It may hold slashes: the rest of the path. */
  readonly isRest: boolean
}

/** A path of the document: `/files/{path}`, and its parameters in order. */
export interface DocumentUrl {
  readonly url: string
  readonly params: readonly UrlParam[]
}

/** A rest without a name, Fastify's `*`. Braces around a star make no path that other tools can read. */
export const NAMELESS_REST = 'wildcard'

/** The path of a pattern: what of it is text is encoded as a client would send it. */
export function toDocumentUrl(pattern: Pattern): DocumentUrl {
  return {
    url: `/${pattern.map(toTemplate).join('/')}`,
    params: pattern.flatMap(listSegmentParams)
  }
}

/** The same for a URL as Fastify takes it: `/users/:id`, `/:file(^\\d+).png`, `/files/*`. */
export function parseFastifyUrl(fastifyUrl: string): DocumentUrl {
  const params: UrlParam[] = []
  const add = (name: string, isRest = false): string => {
    params.push({ name, isRest })
    return `{${name}}`
  }
  const texts = splitFastifyUrl(fastifyUrl).map((part) => {
    if (part === '*') return add(NAMELESS_REST, true)
    return part.startsWith(':') && part !== '::' ? add(part.slice(1)) : part === '::' ? ':' : part
  })
  return { url: texts.join(''), params }
}

function toTemplate(segment: Segment): string {
  switch (segment.kind) {
    case 'text':
      return encodeText(segment.text)
    case 'mixed':
      return segment.parts.map(toPartTemplate).join('')
    case 'param':
      return `{${segment.name}}`
    case 'rest':
    case 'optional-rest':
      return `{${toRestName(segment.name)}}`
    default:
      return unreachable(segment)
  }
}

function toPartTemplate(part: Part): string {
  return part.kind === 'text' ? encodeText(part.text) : `{${part.name}}`
}

function listSegmentParams(segment: Segment): UrlParam[] {
  if (segment.kind === 'text') return []
  if (segment.kind === 'mixed')
    return segment.parts.flatMap((part) =>
      part.kind === 'param' ? [{ name: part.name, isRest: false }] : []
    )
  const isRest = segment.kind !== 'param'
  return [{ name: isRest ? toRestName(segment.name) : segment.name, isRest }]
}

function toRestName(name: string): string {
  return name === '*' ? NAMELESS_REST : name
}

function encodeText(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':').replaceAll('%40', '@')
}

/** Texts, `:name`, `::` and `*`; a regular expression behind a name, and the mark of an optional one, are left out. */
function splitFastifyUrl(url: string): string[] {
  const parts: string[] = []
  let index = 0
  while (index < url.length) {
    const rest = url.slice(index)
    const [text] = /^(?:::|:\w+|\*|[^:*]+|:)/.exec(rest) ?? [rest]
    parts.push(text)
    index += text.length
    if (!text.startsWith(':') || text === '::') continue
    index += measureRegex(url.slice(index))
    if (url[index] === '?') index++
  }
  return parts
}

/** Length of `(...)` with whatever parentheses are inside; 0 where there is none. */
function measureRegex(text: string): number {
  if (!text.startsWith('(')) return 0
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '(') depth++
    else if (text[i] === ')' && --depth === 0) return i + 1
  }
  return text.length
}
