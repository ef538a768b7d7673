import { isAbsolute, relative, sep } from 'node:path'
import { type Code, createProblem, type Problem, TreewayError } from '../../errors.ts'
import type { WorkerFunction } from '../language.ts'
import type { WorkerFailure } from './protocol.ts'

/** What a worker may say of a failure; anything else is TREEWAY_HANDLER_FAILED. */
const FAILURE_CODES: readonly Code[] = [
  'TREEWAY_HANDLER_FAILED',
  'TREEWAY_ANSWER_INVALID',
  'TREEWAY_SYNTAX',
  'TREEWAY_LOAD_FAILED',
  'TREEWAY_EXPORT_MISSING',
  'TREEWAY_COMPILE_FAILED'
]

/** An exception of another language: its stack is the worker's traceback. */
export class HandlerError extends Error {
  override readonly name: string

  constructor(message: string, traceback: string) {
    const colon = /^([\w.]+): /.exec(message)
    super(colon === null ? message : message.slice(colon[0].length))
    this.name = colon?.[1] ?? 'HandlerError'
    this.stack = traceback === '' ? message : traceback.trimEnd()
  }
}

/** `text` is the frame's body: a traceback, or a compiler's words. */
export function toFailureProblem(
  failure: WorkerFailure,
  fn: WorkerFunction,
  options: FailureOptions
): Problem {
  const code = FAILURE_CODES.find((known) => known === failure.code) ?? 'TREEWAY_HANDLER_FAILED'
  return createProblem(code, failure.message, {
    file: failure.file === undefined ? fn.name : toName(failure.file, options.dir),
    ...(failure.line !== undefined && { line: failure.line }),
    ...(failure.column !== undefined && { column: failure.column }),
    ...(options.text !== '' && { frame: options.text })
  })
}

export interface FailureOptions {
  readonly dir: string
  readonly text: string
}

export function toFailureError(
  failure: WorkerFailure,
  fn: WorkerFunction,
  options: FailureOptions
): TreewayError {
  const problem = toFailureProblem(failure, fn, options)
  return new TreewayError(problem.code, `${fn.name}: ${failure.message}`, {
    problems: [problem],
    cause: new HandlerError(failure.message, options.text)
  })
}

export function toTimeoutError(fn: WorkerFunction): TreewayError {
  return new TreewayError('TREEWAY_TIMEOUT', `${fn.name} did not answer within ${fn.timeoutMs} ms`)
}

export function toBusyError(fn: WorkerFunction, why: string, retryAfterSeconds = 1): TreewayError {
  return new TreewayError('TREEWAY_BUSY', `${fn.name}: ${why}`, { retryAfterSeconds })
}

export function toClientGoneError(fn: WorkerFunction): TreewayError {
  return new TreewayError('TREEWAY_CLIENT_GONE', `${fn.name}: the client closed the connection`)
}

/** `lastWords` are the last lines the process wrote on stderr. */
export function toCrashError(fn: WorkerFunction, how: string, lastWords: string): TreewayError {
  const cause = lastWords === '' ? undefined : new HandlerError(how, lastWords)
  return new TreewayError(
    'TREEWAY_WORKER_CRASHED',
    `${fn.name}: its worker ended (${how})`,
    cause ? { cause } : {}
  )
}

function toName(file: string, dir: string): string {
  const name = relative(dir, file)
  return name.startsWith('..') || isAbsolute(name) ? file : name.split(sep).join('/')
}
