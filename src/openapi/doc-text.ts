/** What a comment says of a handler. */
export interface DocText {
  /** Its first sentence, without a full stop. */
  readonly summary: string
  /** The rest; absent where there is none. */
  readonly description?: string
  readonly isDeprecated?: true
}

/** Texts of a comment's lines, markers taken off, as summary and description. Undefined where nothing is said. */
export function toDocText(lines: readonly string[]): DocText | undefined {
  const tag = lines.findIndex((line) => /^\s*@\w/.test(line))
  const said = (tag === -1 ? lines : lines.slice(0, tag)).map((line) => line.trimEnd())
  const isDeprecated = lines.some((line) => /^\s*@deprecated\b/.test(line))
  const text = dedent(said).join('\n').trim()
  if (text === '') return undefined
  const [summary, description] = splitSummary(text)
  return {
    summary,
    ...(description === '' ? {} : { description }),
    ...(isDeprecated ? { isDeprecated: true } : {})
  }
}

/** The first sentence of the first paragraph. A full stop inside a word (`e.g.`, `v1.2`) ends none. */
function splitSummary(text: string): [string, string] {
  const [first = ''] = text.split(/\n\s*\n/, 1)
  const sentence = /^[\s\S]*?[.!?](?=\s+[A-Z`'"([]|\s*$)/.exec(first)?.[0] ?? first
  const summary = sentence
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/(?<!\.)\.$/, '')
  return [summary, text.slice(sentence.length).trim()]
}

/** Lines behind the first lose the indent that all of them share. */
function dedent(lines: readonly string[]): string[] {
  const indents = lines
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length)
  const indent = Math.min(...indents, 80)
  return lines.map((line, i) => (i === 0 ? line.trimStart() : line.slice(indent)))
}
