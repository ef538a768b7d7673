/** What a default export is, as far as its source says. */
export type ValueKind = 'function' | 'object' | 'unknown'

/** What begins at `start` of a masked source: a function, an object, or a name that is declared as one. */
export function classifyValue(masked: string, start: number): ValueKind {
  const text = masked.slice(start).trimStart()
  if (/^(async\s+)?function\b/.test(text) || isArrowFunction(text)) return 'function'
  if (text.startsWith('{') || /^new\s+[\w$]/.test(text)) return 'object'
  const name = /^([A-Za-z_$][\w$]*)\s*(?:;|\n|$)/.exec(text)?.[1]
  return name === undefined ? 'unknown' : classifyName(masked, name)
}

/** A name of the module's top level. */
export function classifyName(masked: string, name: string): ValueKind {
  const escaped = name.replaceAll('$', '\\$')
  if (new RegExp(`(?<![\\w$.])function\\s*\\*?\\s*${escaped}\\s*\\(`).test(masked)) return 'function'
  const declared = new RegExp(`(?<![\\w$.])(?:const|let|var)\\s+${escaped}\\s*=(?!=)`).exec(masked)
  if (!declared) return 'unknown'
  const rest = masked.slice(declared.index + declared[0].length)
  // `const a = a` would be looked up for ever.
  if (new RegExp(`^\\s*${escaped}\\b`).test(rest)) return 'unknown'
  return classifyValue(masked, declared.index + declared[0].length)
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
