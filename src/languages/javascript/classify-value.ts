/** What a default export is, as far as its source says; `none` is nothing that could answer a request. */
export type ValueKind = 'function' | 'object' | 'none' | 'unknown'

/** A source, and the same with its comments and texts blanked. */
export interface MaskedSource {
  readonly source: string
  readonly masked: string
}

/** What begins at `start`: a function, an object that may have `fetch`, a mere value, or a name declared as one. */
export function classifyValue(text: MaskedSource, start: number): ValueKind {
  const index = skipBlank(text, start)
  const rest = text.masked.slice(index)
  if (/^(async\s+)?function\b/.test(rest) || isArrowFunction(rest)) return 'function'
  if (/^new\s+[\w$]/.test(rest)) return 'object'
  if (rest.startsWith('{')) return mayHaveFetch(text, index) ? 'object' : 'none'
  if (isMereValue(text.source.slice(index, index + 20))) return 'none'
  const name = /^([A-Za-z_$][\w$]*)\s*(?:;|\n|$)/.exec(rest)?.[1]
  return name === undefined ? 'unknown' : classifyName(text, name)
}

/** A name of the module's top level. */
export function classifyName(text: MaskedSource, name: string): ValueKind {
  const { masked } = text
  const escaped = name.replaceAll('$', '\\$')
  if (new RegExp(`(?<![\\w$.])function\\s*\\*?\\s*${escaped}\\s*\\(`).test(masked)) return 'function'
  if (new RegExp(`(?<![\\w$.])class\\s+${escaped}\\b`).test(masked)) return 'none'
  const declared = new RegExp(`(?<![\\w$.])(?:const|let|var)\\s+${escaped}\\s*=(?!=)`).exec(masked)
  if (!declared) return 'unknown'
  const rest = masked.slice(declared.index + declared[0].length)
  // `const a = a` would be looked up for ever.
  if (new RegExp(`^\\s*${escaped}\\b`).test(rest)) return 'unknown'
  return classifyValue(text, declared.index + declared[0].length)
}

/** Past blanks and comments, to what is code or the beginning of a text. */
function skipBlank({ source, masked }: MaskedSource, start: number): number {
  let index = start
  while (index < source.length && /\s/.test(masked[index] ?? '')) {
    if (/['"`]/.test(source[index] ?? '') && !isInComment(source, start, index)) break
    index += 1
  }
  return index
}

/** Whether the quote at `index` belongs to a comment that began after `start`. */
function isInComment(source: string, start: number, index: number): boolean {
  const before = source.slice(start, index)
  return /\/\/[^\n]*$/.test(before) || before.lastIndexOf('/*') > before.lastIndexOf('*/')
}

/** A text, a number, a list, a class: configuration, say. */
function isMereValue(text: string): boolean {
  return /^(?:['"`[]|[-+]?\.?\d|(?:true|false|null|undefined|class)\b)/.test(text)
}

/** A spread may bring it along; a name in quotes is rare enough. */
function mayHaveFetch({ source, masked }: MaskedSource, start: number): boolean {
  return listObjectKeys(source, masked, start).includes('fetch') || /\.\.\./.test(toBraced(masked, start))
}

/** From the brace at `start` to the one that closes it. */
function toBraced(masked: string, start: number): string {
  let depth = 0
  for (let index = start; index < masked.length; index += 1) {
    if (masked[index] === '{') depth += 1
    if (masked[index] === '}') depth -= 1
    if (depth === 0) return masked.slice(start, index)
  }
  return masked.slice(start)
}

/** Names of an object literal whose brace is at `start` of a masked source; spreads are left out. */
export function listObjectKeys(source: string, masked: string, start: number): string[] {
  const keys: string[] = []
  let depth = 0
  let isKeyNext = false
  for (let index = start; index < masked.length; index += 1) {
    const char = masked[index] ?? ''
    if ('{[('.includes(char)) depth += 1
    if ('}])'.includes(char)) depth -= 1
    if (depth === 0) break
    if (depth !== 1) continue
    if (char === ',' || (char === '{' && index === start)) isKeyNext = true
    else if (isKeyNext && /\S/.test(source[index] ?? '')) {
      const key = readKey(source, masked, index)
      if (key !== undefined) keys.push(key)
      if (/\S/.test(char) || key !== undefined) isKeyNext = false
    }
  }
  return keys
}

function readKey(source: string, masked: string, index: number): string | undefined {
  const quoted = /^(['"])([\w$-]+)\1\s*:/.exec(source.slice(index, index + 200))
  if (quoted) return quoted[2]
  const found = /^(?:(?:async|get)\s+(?=[\w$*]))?\*?\s*([A-Za-z_$][\w$]*)\s*[,:(}]/.exec(
    masked.slice(index, index + 200)
  )
  return found?.[1]
}

function isArrowFunction(text: string): boolean {
  const head = text.replace(/^async\b\s*/, '')
  if (/^[A-Za-z_$][\w$]*\s*=>/.test(head)) return true
  if (!head.startsWith('(')) return false
  let depth = 0
  for (let index = 0; index < head.length; index += 1) {
    if (head[index] === '(') depth += 1
    if (head[index] === ')') depth -= 1
    if (depth === 0) return /^\)\s*=>/.test(head.slice(index))
  }
  return false
}
