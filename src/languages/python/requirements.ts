import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** A requirements.txt with what it includes. */
export interface Requirements {
  /** Absolute. */
  readonly file: string
  /** Of its text and that of the files it includes by -r and -c, and of the interpreter's version. */
  readonly hash: string
}

/** Undefined when the list asks for nothing. */
export function readRequirements(file: string, pythonVersion: string): Requirements | undefined {
  const lines = readLines(file, new Set())
  if (lines.length === 0) return undefined
  const hash = createHash('sha256')
    .update(pythonVersion)
    .update('\0')
    .update(lines.join('\n'))
    .digest('hex')
    .slice(0, 16)
  return { file, hash }
}

function readLines(file: string, seen: Set<string>): string[] {
  if (seen.has(file)) return []
  seen.add(file)
  const lines = readText(file)
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
  return lines.filter((line) => line !== '').flatMap((line) => [line, ...readIncluded(line, file, seen)])
}

function readIncluded(line: string, file: string, seen: Set<string>): string[] {
  const [, included] = /^(?:-r|-c|--requirement|--constraint)[\s=]*(\S+)$/.exec(line) ?? []
  if (included === undefined || included.includes('://')) return []
  return readLines(resolve(dirname(file), included), seen)
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // an included file that is not there: the installer says so better
    return ''
  }
}
