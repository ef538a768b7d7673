import { isAbsolute, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One call of a stack. */
export interface StackFrame {
  /** Absolute, or Node's own name. */
  readonly file: string
  /** Below the project's directory where it is there. */
  readonly name: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  readonly functionName?: string
  /** `project`: the user's own code. */
  readonly kind: 'project' | 'package' | 'runtime'
}

const MAX_FRAMES = 40
const MAX_LINE_LENGTH = 1000

/** The calls that V8 wrote into a stack, the innermost first. */
export function parseStack(stack: string, dir: string): StackFrame[] {
  return stack
    .split('\n')
    .filter((line) => line.length <= MAX_LINE_LENGTH)
    .map((line) => parseLine(line, dir))
    .filter((frame) => frame !== undefined)
    .slice(0, MAX_FRAMES)
}

function parseLine(text: string, dir: string): StackFrame | undefined {
  const [, call] = /^\s*at (.+)$/.exec(text) ?? []
  const [, place = call ?? ''] = /\((.*)\)$/.exec(call ?? '') ?? []
  const [, written, line, column] = /^(.*):(\d+):(\d+)$/.exec(place) ?? []
  if (call === undefined || written === undefined) return undefined
  const functionName = place === call ? '' : call.slice(0, -place.length - 2).trim()
  const file = toPath(written.replace(/^async /, ''))
  return {
    file,
    ...toKind(file, dir),
    line: Number(line),
    column: Number(column),
    ...(functionName === '' ? {} : { functionName })
  }
}

function toKind(file: string, dir: string): Pick<StackFrame, 'name' | 'kind'> {
  const below = relative(dir, file).split(sep).join('/')
  const isInside = isAbsolute(file) && !below.startsWith('..') && !isAbsolute(below)
  const name = isInside ? below : file
  if (file.split(/[\\/]/).includes('node_modules')) return { name, kind: 'package' }
  return { name, kind: isInside ? 'project' : 'runtime' }
}

function toPath(written: string): string {
  if (!written.startsWith('file:')) return written
  try {
    return fileURLToPath(written)
  } catch {
    return written
  }
}
