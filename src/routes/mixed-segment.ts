import type { Part } from './pattern.ts'

/**
 * A regular expression for a decoded segment that mixes text and parameters, one group for each parameter. No parameter
 * is empty, and one that stands behind another never contains the text between the two: `[name].[ext]` makes
 * `a.tar.gz` the name `a.tar` and the extension `gz`. It also keeps the work bounded; with `.+` for each, three
 * parameters let one request of 3,000 characters block the process for half a minute.
 */
export function toMixedRegex(parts: readonly Part[]): RegExp {
  const expressions = listParamExpressions(parts)
  const source = parts.map((part) =>
    part.kind === 'text' ? escapeText(part.text) : `(${expressions.shift() ?? ''})`
  )
  return new RegExp(`^${source.join('')}$`)
}

/** The expression of each parameter, in order, for a router that puts the text between them itself. */
export function listParamExpressions(parts: readonly Part[]): string[] {
  const first = parts.findIndex((part) => part.kind === 'param')
  return parts.flatMap((part, i) => {
    if (part.kind === 'text') return []
    const before = parts[i - 1]
    if (i === first || before?.kind !== 'text') return ['[\\s\\S]+']
    return [`(?:(?!${escapeText(before.text)})[\\s\\S])+`]
  })
}

function escapeText(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}
