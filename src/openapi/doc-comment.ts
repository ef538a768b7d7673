import type { LanguageName } from '../routes/route.ts'
import { toDocText } from './doc-text.ts'
import type { DocText } from './doc-text.ts'

/** Where a language keeps the words about a function, read as text: nothing is run. */
interface CommentForm {
  /** Sources of regular expressions that find the start of the declaration's line; `NAME` is the function's name. */
  readonly declarations: readonly string[]
  /** The lines of the comment that ends where the declaration begins, or that stands inside it. */
  readonly readLines: (source: string, index: number) => readonly string[] | undefined
  /** The same for a comment that opens the file. */
  readonly readFileLines?: (source: string) => readonly string[] | undefined
}

/**
 * The words in front of a handler (or, in Python, inside it) as summary and description.
 *
 * @param names Names that the handler may have, best first.
 */
export function readDocComment(
  language: LanguageName,
  source: string,
  names: readonly string[]
): DocText | undefined {
  const form = forms[language]
  const text = source.replaceAll('\r\n', '\n')
  for (const name of names) {
    const index = findDeclaration(form, text, name)
    const lines = index === undefined ? undefined : form.readLines(text, index)
    const said = lines && toDocText(lines)
    if (said) return said
  }
  const lines = form.readFileLines?.(text)
  return lines && toDocText(lines)
}

function findDeclaration({ declarations }: CommentForm, source: string, name: string): number | undefined {
  for (const declaration of declarations) {
    const match = new RegExp(`^[ \\t]*(?:${declaration.replaceAll('NAME', name)})`, 'm').exec(source)
    if (match) return match.index
  }
  return undefined
}

function readBlockBefore(source: string, index: number): readonly string[] | undefined {
  const before = source.slice(0, index).trimEnd()
  if (!before.endsWith('*/')) return undefined
  const start = before.lastIndexOf('/*')
  return start === -1 || !before.startsWith('/**', start) ? undefined : toBlockLines(before.slice(start))
}

/** A block at the very top that is about the file: an empty line or an import comes behind it. */
function readTopBlock(source: string): readonly string[] | undefined {
  const match =
    /^(?:#!.*\n)?(?:<\?php\b)?\s*(\/\*\*[\s\S]*?\*\/)(?=[ \t]*\n\s*(?:\n|import\b|use\b|namespace\b|declare\b|.*\brequire\())/.exec(
      source
    )
  return match?.[1] === undefined ? undefined : toBlockLines(match[1])
}

function toBlockLines(block: string): string[] {
  const inner = block.slice(3, -2)
  return inner.split('\n').map((line) => line.replace(/^\s*\* ?/, ''))
}

/** Lines that begin with `marker` and end right above; lines that `skipped` fits may stand between. */
function readLinesBefore(marker: RegExp, skipped?: RegExp): CommentForm['readLines'] {
  return function readLines(source, index) {
    const above = source.slice(0, index).split('\n').slice(0, -1)
    while (skipped?.test(above.at(-1) ?? '')) above.pop()
    const lines: string[] = []
    for (let line = above.pop(); line !== undefined && marker.test(line); line = above.pop())
      lines.unshift(line.replace(marker, ''))
    return lines.length === 0 ? undefined : lines
  }
}

/** The first thing in a Python function or file, where it is a text. */
const DOCSTRING = /^\s*(?:#.*\s*)*[rRuU]?(?:"""([\s\S]*?)"""|'''([\s\S]*?)'''|"([^"\n]*)"|'([^'\n]*)')/

function toDocstring(text: string): readonly string[] | undefined {
  const match = DOCSTRING.exec(text)
  const said = match?.slice(1).find((group) => group !== undefined)
  return said?.split('\n')
}

function readDocstringInside(source: string, index: number): readonly string[] | undefined {
  const body = skipSignature(source, source.indexOf('(', index))
  return body === undefined ? undefined : toDocstring(source.slice(body))
}

/** Where the body of a `def` begins: behind the colon that no bracket holds. */
function skipSignature(source: string, from: number): number | undefined {
  let depth = 0
  for (let i = from; i >= 0 && i < source.length; i++) {
    const character = source[i] ?? ''
    if ('([{'.includes(character)) depth++
    else if (')]}'.includes(character)) depth--
    else if (character === ':' && depth === 0) return i + 1
  }
  return undefined
}

const forms: Readonly<Record<LanguageName, CommentForm>> = {
  javascript: {
    declarations: [
      'export\\s+(?:async\\s+)?function\\s*\\*?\\s*NAME\\b',
      'export\\s+(?:const|let|var)\\s+NAME\\b',
      'export\\s+NAME\\b',
      '(?:module\\.)?exports\\.NAME\\s*=',
      '(?:async\\s+)?function\\s*\\*?\\s*NAME\\b',
      '(?:const|let|var)\\s+NAME\\b'
    ],
    readLines: readBlockBefore,
    readFileLines: readTopBlock
  },
  python: {
    declarations: ['(?:async\\s+)?def\\s+NAME\\b'],
    readLines: readDocstringInside,
    readFileLines: toDocstring
  },
  php: {
    declarations: ['function\\s+NAME\\b', 'return\\s+(?:static\\s+)?(?:function|fn)\\b'],
    readLines: readBlockBefore,
    readFileLines: readTopBlock
  },
  lua: {
    declarations: [
      '(?:local\\s+)?function\\s+(?:\\w+[.:])?NAME\\b',
      '(?:local\\s+)?NAME\\s*=\\s*function\\b',
      'return\\s+function\\b'
    ],
    readLines: readLinesBefore(/^\s*---? ?/)
  },
  go: { declarations: ['func\\s+NAME\\b'], readLines: readLinesBefore(/^\/\/ ?/) },
  rust: {
    declarations: ['pub\\s+(?:async\\s+)?fn\\s+NAME\\b'],
    readLines: readLinesBefore(/^\s*\/\/\/ ?/, /^\s*#\[/)
  }
}
