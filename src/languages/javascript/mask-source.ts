/**
 * The source with comments, strings, templates and regular expressions blanked, at the same length: what is left
 * can be searched without finding words that are only text. A guess where JavaScript needs a parser (a slash after
 * a bracket), so only for what a wrong guess does not break.
 */
export function maskSource(source: string): string {
  let masked = ''
  let index = 0
  while (index < source.length) {
    const end = findTextEnd(source, index, masked)
    if (end === index) {
      masked += source[index]
      index += 1
      continue
    }
    masked += source.slice(index, end).replace(/[^\n]/g, ' ')
    index = end
  }
  return masked
}

/** Where the text that begins at `index` ends; `index` itself when none begins there. */
function findTextEnd(source: string, index: number, before: string): number {
  const char = source[index]
  if (char === "'" || char === '"') return matchEnd(/(['"])(?:\\[\s\S]|(?!\1)[^\\\n])*\1?/y, source, index)
  if (char === '`') return matchEnd(/`(?:\\[\s\S]|[^\\`])*`?/y, source, index)
  if (char !== '/') return index
  if (source[index + 1] === '/') return matchEnd(/[^\n]*/y, source, index)
  if (source[index + 1] === '*') return matchEnd(/\/\*[\s\S]*?(?:\*\/|$)/y, source, index)
  // A slash after a value divides.
  if (
    /[\w$)\]}]\s*$/.test(before.slice(-40)) &&
    !/\b(return|typeof|case|in|of|void)\s*$/.test(before.slice(-40))
  ) {
    return index
  }
  return matchEnd(/\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^\/\\\n[])+\/\w*/y, source, index)
}

function matchEnd(pattern: RegExp, source: string, index: number): number {
  pattern.lastIndex = index
  return pattern.test(source) ? pattern.lastIndex : index
}
