import { join } from 'node:path'
import { inspect } from 'node:util'
import { TreewayError, toDefinition } from '../../errors.ts'
import type { Problem } from '../../errors.ts'
import { toCloudflareHint } from './cloudflare-hint.ts'
import { parseStack } from './parse-stack.ts'
import type { StackFrame } from './parse-stack.ts'
import { readSourceFrame } from './read-source-frame.ts'
import type { SourceFrame } from './read-source-frame.ts'

/** A fault as people look at it: what, where, the source there, how one came there. */
export interface ShownFault {
  /** `TypeError`, or the title of a code. */
  readonly title: string
  readonly message: string
  /** One of errors.ts; absent for what user code threw. */
  readonly code?: string
  /** `functions/a.ts:3:9`. */
  readonly place?: string
  readonly frame?: SourceFrame
  /** What a compiler or another language's interpreter said. */
  readonly words?: string
  readonly fix?: string
  readonly calls: readonly ShownCall[]
  /** Why it came to this. */
  readonly causes: readonly ShownFault[]
}

export interface ShownCall extends StackFrame {
  readonly frame?: SourceFrame
}

const MAX_DEPTH = 4
const MAX_CAUSES = 5
const MAX_MESSAGE_LENGTH = 5000
/** Frames whose source is worth a look. */
const MAX_SOURCES = 8

/** Describes whatever was thrown. Reads the source files that its stack names, as far as they are the project's. */
export function describeFault(error: unknown, dir: string): ShownFault {
  try {
    return describe(error, dir, 0)
  } catch {
    return {
      ...NOTHING,
      title: 'An error was thrown that can not be looked at',
      message: 'Its properties throw.'
    }
  }
}

const NOTHING = { calls: [], causes: [] } as const

function describe(error: unknown, dir: string, depth: number): ShownFault {
  if (error instanceof TreewayError) return describeOwn(error, dir, depth)
  if (!(error instanceof Error)) return describeValue(error)
  const calls = toCalls(error, dir)
  const first = calls.find((call) => call.kind === 'project')
  const fix = toCloudflareHint(error, first?.frame)
  return {
    title: error.name,
    message: cut(error.message),
    ...(first ? { place: `${first.name}:${first.line}:${first.column}` } : {}),
    ...(first?.frame ? { frame: first.frame } : {}),
    ...(fix === undefined ? {} : { fix }),
    calls,
    causes: listCauses(error).flatMap((cause) => toCause(cause, dir, depth))
  }
}

/** JavaScript can throw anything. */
function describeValue(value: unknown): ShownFault {
  const message = typeof value === 'string' ? value : inspect(value, { depth: 3 })
  return { title: 'Something that is no error was thrown', message: cut(message), calls: [], causes: [] }
}

function describeOwn(error: TreewayError, dir: string, depth: number): ShownFault {
  const { code, fix, message, problems } = error
  const [first, ...others] = problems
  const causes =
    first?.frame !== undefined && !isSourceFrame(first.frame) ? [] : toCause(error.cause, dir, depth)
  const rest = others.slice(0, MAX_CAUSES).map((problem) => describeProblem(problem, dir))
  if (first) return { ...describeProblem(first, dir), causes: [...causes, ...rest] }
  return {
    title: toDefinition(code).title,
    code,
    message: cut(message),
    fix,
    calls: [],
    causes: [...causes, ...rest]
  }
}

function describeProblem({ code, message, fix, frame: text, ...at }: Problem, dir: string): ShownFault {
  const { file, line, column } = at
  const place = [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined)
  const frame =
    file === undefined || line === undefined ? undefined : readSourceFrame(join(dir, file), { line, column })
  // The same lines once are enough.
  const words = text === undefined || (frame && isSourceFrame(text)) ? undefined : cut(text).trimEnd()
  return {
    title: toDefinition(code).title,
    code,
    message: cut(message),
    // Its words are all there is to say.
    ...(code === 'TREEWAY_HANDLER_FAILED' ? {} : { fix }),
    ...(place.length > 0 ? { place: place.join(':') } : {}),
    ...(frame ? { frame } : {}),
    ...(words === undefined ? {} : { words }),
    calls: [],
    causes: []
  }
}

/** Lines of a file with their numbers, and not a tool's own words. */
function isSourceFrame(text: string): boolean {
  return /^[> ]*\d+ \| /m.test(text)
}

function toCause(cause: unknown, dir: string, depth: number): ShownFault[] {
  return cause === undefined || depth >= MAX_DEPTH ? [] : [describe(cause, dir, depth + 1)]
}

function listCauses(error: Error): unknown[] {
  const together: unknown = error instanceof AggregateError ? error.errors : []
  return [error.cause, ...(Array.isArray(together) ? together : [])].slice(0, MAX_CAUSES)
}

function toCalls(error: Error, dir: string): ShownCall[] {
  let sources = 0
  return parseStack(String(error.stack ?? ''), dir).map((call) => {
    if (call.kind !== 'project' || sources >= MAX_SOURCES) return call
    sources++
    const frame = readSourceFrame(call.file, call)
    return frame ? { ...call, frame } : call
  })
}

function cut(text: unknown): string {
  const written = String(text)
  return written.length > MAX_MESSAGE_LENGTH ? `${written.slice(0, MAX_MESSAGE_LENGTH)} ...` : written
}
