import type { ErrorObject, ValidateFunction } from 'ajv'
import { createProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { toPlace } from './code-frame.ts'
import { describeValue } from './describe-value.ts'
import { toGuessFix } from './guess.ts'
import { toPointerStep } from './scan-json.ts'
import type { Span } from './scan-json.ts'

/** A JSON file that has been parsed, with where everything in it stands. */
export interface JsonFile {
  readonly text: string
  readonly file: string
  readonly value: unknown
  readonly positions: ReadonlyMap<string, Span>
}

/** One fault: the problem, and the JSON Pointer of what must be left out for the rest to hold. */
export interface Fault {
  readonly problem: Problem
  readonly pointer: string
}

/** All faults of the file against the schema, in the file's order. */
export function listFaults(validate: ValidateFunction, json: JsonFile): Fault[] {
  if (validate(json.value)) return []
  const errors = validate.errors ?? []
  return errors.map((error) => toFault(error, json)).sort((a, b) => toIndex(a, json) - toIndex(b, json))
}

/** A problem that points at the value of `pointer` (at its key, for `pointer#`). */
export function createProblemAt(json: JsonFile, pointer: string, problem: Problem): Problem {
  const span = json.positions.get(pointer) ?? { index: 0, length: 1 }
  return { ...problem, file: json.file, ...toPlace(json.text, span.index, span.length) }
}

/** `/invoke/methods/0` as `invoke.methods[0]`. */
export function toKeyPath(pointer: string): string {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  return steps.map((step, i) => (/^\d+$/.test(step) ? `[${step}]` : `${i === 0 ? '' : '.'}${step}`)).join('')
}

function toIndex(fault: Fault, json: JsonFile): number {
  return json.positions.get(fault.pointer)?.index ?? 0
}

function toFault(error: ErrorObject, json: JsonFile): Fault {
  if (error.keyword === 'additionalProperties') return toUnknownKey(error, json)
  const received = describeValue(error.data)
  const name = error.instancePath === '' ? 'The file' : `"${toKeyPath(error.instancePath)}"`
  const message = `${name} must be ${toExpected(error)}; received ${received}.`
  const problem = createProblemAt(json, error.instancePath, createProblem('TREEWAY_CONFIG_INVALID', message))
  return { problem, pointer: error.instancePath }
}

function toUnknownKey(error: ErrorObject, json: JsonFile): Fault {
  const key = String(error.params['additionalProperty'])
  const pointer = error.instancePath + toPointerStep(key)
  const known = Object.keys(error.parentSchema?.['properties'] ?? {})
  const fallback = `Remove it; known here: ${known.filter((name) => name !== '$schema').join(', ')}.`
  const message = `"${toKeyPath(pointer)}" is not a key that Treeway knows.`
  const problem = createProblem('TREEWAY_CONFIG_UNKNOWN', message, { fix: toGuessFix(key, known, fallback) })
  return { problem: createProblemAt(json, `${pointer}#`, problem), pointer }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object'
}

function toExpected(error: ErrorObject): string {
  const { params, keyword } = error
  if (keyword === 'type') {
    return [params['type']]
      .flat()
      .map((type: unknown) => TYPE_WORDS[String(type)] ?? String(type))
      .join(' or ')
  }
  if (keyword === 'enum')
    return `one of ${(params['allowedValues'] as unknown[]).map((v) => JSON.stringify(v)).join(', ')}`
  if (keyword === 'minimum') return `at least ${params['limit']}`
  if (keyword === 'exclusiveMinimum') return `more than ${params['limit']}`
  if (keyword === 'minLength' || keyword === 'minItems' || keyword === 'minProperties') return 'not empty'
  if (keyword === 'pattern' && params['pattern'] === '^/') return 'a path that begins with "/"'
  return error.message ?? 'something else'
}
