/** Where things stand in a JSON text, so that a problem can name line and column. */
export type ScannedJson =
  | { readonly kind: 'json'; readonly value: unknown; readonly positions: ReadonlyMap<string, Span> }
  | { readonly kind: 'error'; readonly message: string; readonly index: number }

/** Offsets in the text, from 0. */
export interface Span {
  readonly index: number
  readonly length: number
}

interface Scanner {
  readonly text: string
  readonly positions: Map<string, Span>
  index: number
}

class ScanError extends Error {
  readonly index: number
  constructor(message: string, index: number) {
    super(message)
    this.index = index
  }
}

// oxlint-disable-next-line no-control-regex -- RFC 8259 forbids just these in a string.
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"/y
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y
const SPACE = /[ \t\r\n]*/y

/**
 * Parses JSON and remembers where each value stands, under its JSON Pointer; `pointer#` is where its key stands.
 * `JSON.parse` alone says no position for many faults on Node 20.
 */
export function scanJson(source: string): ScannedJson {
  const text = source.charCodeAt(0) === 0xfeff ? ` ${source.slice(1)}` : source
  const scanner: Scanner = { text, positions: new Map(), index: 0 }
  try {
    scanValue(scanner, '')
    skipSpace(scanner)
    if (scanner.index < text.length) fail(scanner, 'Nothing may follow the end of the JSON value')
    return { kind: 'json', value: JSON.parse(text), positions: scanner.positions }
  } catch (error) {
    if (error instanceof ScanError) return { kind: 'error', message: error.message, index: error.index }
    throw error
  }
}

/** A key as a step of a JSON Pointer (RFC 6901). */
export function toPointerStep(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

function scanValue(scanner: Scanner, pointer: string): void {
  skipSpace(scanner)
  const start = scanner.index
  const first = scanner.text[start]
  if (first === '{') scanMembers(scanner, pointer)
  else if (first === '[') scanItems(scanner, pointer)
  else if (first === '"') scanString(scanner)
  else if (!take(scanner, SCALAR)) fail(scanner, `Expected a value, found ${toFound(scanner)}`)
  scanner.positions.set(pointer, { index: start, length: scanner.index - start })
}

function scanMembers(scanner: Scanner, pointer: string): void {
  scanList(scanner, '}', () => {
    const start = scanner.index
    if (scanner.text[start] !== '"')
      fail(scanner, `Expected a key in double quotes, found ${toFound(scanner)}`)
    const key = scanString(scanner)
    const child = pointer + toPointerStep(key)
    scanner.positions.set(`${child}#`, { index: start, length: scanner.index - start })
    skipSpace(scanner)
    if (scanner.text[scanner.index] !== ':') fail(scanner, `Expected a colon, found ${toFound(scanner)}`)
    scanner.index++
    scanValue(scanner, child)
  })
}

function scanItems(scanner: Scanner, pointer: string): void {
  let item = 0
  scanList(scanner, ']', () => scanValue(scanner, pointer + toPointerStep(item++)))
}

function scanList(scanner: Scanner, end: '}' | ']', scanMember: () => void): void {
  scanner.index++
  skipSpace(scanner)
  if (scanner.text[scanner.index] === end) {
    scanner.index++
    return
  }
  for (;;) {
    skipSpace(scanner)
    if (scanner.text[scanner.index] === end) fail(scanner, `A comma may not stand before "${end}"`)
    scanMember()
    skipSpace(scanner)
    const next = scanner.text[scanner.index]
    if (next !== ',' && next !== end) fail(scanner, `Expected a comma or "${end}", found ${toFound(scanner)}`)
    scanner.index++
    if (next === end) return
  }
}

function scanString(scanner: Scanner): string {
  const start = scanner.index
  if (!take(scanner, STRING))
    fail(scanner, 'The string is not closed, or holds a character that must be escaped')
  return JSON.parse(scanner.text.slice(start, scanner.index)) as string
}

function take(scanner: Scanner, pattern: RegExp): boolean {
  pattern.lastIndex = scanner.index
  const match = pattern.exec(scanner.text)
  if (!match) return false
  scanner.index += match[0].length
  return true
}

function skipSpace(scanner: Scanner): void {
  take(scanner, SPACE)
}

function toFound(scanner: Scanner): string {
  const rest = scanner.text.slice(scanner.index)
  if (rest === '') return 'the end of the file'
  if (rest.startsWith('//') || rest.startsWith('/*')) return 'a comment'
  return `"${/^\w+|^./su.exec(rest)?.[0] ?? ''}"`
}

function fail(scanner: Scanner, message: string): never {
  throw new ScanError(message, scanner.index)
}
