import { readFileSync } from 'node:fs'
import { METHODS } from 'node:http'
import { createRequire } from 'node:module'
import type { ValidateFunction } from 'ajv'
import { createProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { createProblemAt, listFaults, toKeyPath } from './check-schema.ts'
import type { JsonFile } from './check-schema.ts'
import { toPlace } from './code-frame.ts'
import { describeValue } from './describe-value.ts'
import { toGuessFix } from './guess.ts'
import { scanJson, toPointerStep } from './scan-json.ts'
import { isObject, toFunctionConfig } from './to-function-config.ts'
import type { FunctionConfig } from './to-function-config.ts'

export interface ParsedFunctionConfig {
  /** Absent where the file is no JSON object. Keys with a fault are left out. */
  readonly value?: FunctionConfig
  readonly problems: readonly Problem[]
}

export interface ParsedFunctionEnv {
  /** Names and values, secret ones included. Absent where the file is no JSON object. */
  readonly value?: Readonly<Record<string, string>>
  /** Names that are marked `is_secret`: never to be shown. */
  readonly secrets: readonly string[]
  readonly problems: readonly Problem[]
}

/**
 * Parses fn.config.json. Never throws: what is wrong comes back as problems with line, column and frame.
 *
 * @param file Path below the project's directory, for the problems.
 * @example parseFunctionConfig('{"timeout_ms": 300}', 'slow/fn.config.json').value // { timeoutMs: 300 }
 */
export function parseFunctionConfig(text: string, file: string): ParsedFunctionConfig {
  const json = parseJsonFile(text, file)
  if ('code' in json) return { problems: [json] }
  const validate = toValidator()
  const faults = listFaults(validate, json)
  const problems = [...faults.map((fault) => fault.problem), ...listIgnored(validate, json)]
  const sound = faults.reduce((value, fault) => withoutPointer(value, fault.pointer), json.value)
  if (!isObject(sound)) return { problems }
  const value = toFunctionConfig(sound)
  const methods = listMethodProblems(value, json)
  return { value: methods.length > 0 ? withoutMethods(value) : value, problems: [...problems, ...methods] }
}

/**
 * Parses fn.env.json: `{"K": "v"}` or `{"K": {"value": "v", "is_secret": true}}`. Never throws.
 *
 * @param file Path below the project's directory, for the problems.
 */
export function parseFunctionEnv(text: string, file: string): ParsedFunctionEnv {
  const json = parseJsonFile(text, file)
  if ('code' in json) return { problems: [json], secrets: [] }
  if (!isObject(json.value)) {
    const message = `The file must be an object of names and values; received ${describeValue(json.value)}.`
    return {
      problems: [createProblemAt(json, '', createProblem('TREEWAY_CONFIG_INVALID', message))],
      secrets: []
    }
  }
  const value: Record<string, string> = {}
  const secrets: string[] = []
  const problems: Problem[] = []
  for (const [name, entry] of Object.entries(json.value)) {
    const text = toEnvText(isObject(entry) ? entry['value'] : entry)
    if (text === undefined) problems.push(toEnvProblem(json, name, entry))
    else value[name] = text
    if (isObject(entry) && entry['is_secret'] === true) secrets.push(name)
  }
  return { value, secrets, problems }
}

function parseJsonFile(text: string, file: string): JsonFile | Problem {
  const scanned = scanJson(text)
  if (scanned.kind === 'json') return { text, file, value: scanned.value, positions: scanned.positions }
  const place = toPlace(text, scanned.index)
  return createProblem('TREEWAY_CONFIG_INVALID', `${scanned.message}.`, {
    file,
    ...place,
    fix: 'Correct the JSON at the line shown.'
  })
}

/**
 * Compiled at the first file that needs it: ajv costs 70 ms, and most trees have no such file.
 * The schema never changes while a process runs, so one validator serves all.
 */
const toValidator = once((): ValidateFunction => {
  const { Ajv } = createRequire(import.meta.url)('ajv') as typeof import('ajv')
  const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true })
  ajv.addVocabulary(['x-ignored'])
  return ajv.compile(
    JSON.parse(readFileSync(new URL('../../schemas/fn.config.schema.json', import.meta.url), 'utf8'))
  )
})

function once<T>(create: () => T): () => T {
  let made: { readonly value: T } | undefined
  return function createOnce() {
    made ??= { value: create() }
    return made.value
  }
}

/** Keys that FastFN reads and Treeway has another answer for. */
function listIgnored(validate: ValidateFunction, json: JsonFile): Problem[] {
  const schema: unknown = validate.schema
  return listIgnoredPointers(schema, json.value, '').map((pointer) => {
    const message = `"${toKeyPath(pointer)}" is a key of FastFN that has no effect in Treeway.`
    return createProblemAt(
      json,
      `${pointer}#`,
      createProblem('TREEWAY_CONFIG_IGNORED', message, { severity: 'warning' })
    )
  })
}

function listIgnoredPointers(schema: unknown, value: unknown, pointer: string): string[] {
  if (!isObject(schema) || !isObject(schema['properties']) || !isObject(value)) return []
  const properties = schema['properties']
  return Object.keys(value).flatMap((key) => {
    const child = Object.hasOwn(properties, key) ? properties[key] : undefined
    const childPointer = pointer + toPointerStep(key)
    if (isObject(child) && child['x-ignored'] === true) return [childPointer]
    return listIgnoredPointers(child, value[key], childPointer)
  })
}

/** The value without the key at `pointer`; a fault inside a list takes the whole list. */
function withoutPointer(value: unknown, pointer: string): unknown {
  const [, first, ...rest] = pointer.split('/')
  if (first === undefined || !isObject(value)) return undefined
  const key = first.replaceAll('~1', '/').replaceAll('~0', '~')
  const { [key]: inner, ...others } = value
  if (rest.length === 0 || !isObject(inner)) return others
  return { ...others, [key]: withoutPointer(inner, `/${rest.join('/')}`) }
}

function listMethodProblems(config: FunctionConfig, json: JsonFile): Problem[] {
  return (config.invoke?.methods ?? []).flatMap((method, i) => {
    if (method === '*' || METHODS.includes(method)) return []
    const message = `"invoke.methods" names "${method}", which is no HTTP method.`
    const fix = toGuessFix(method, METHODS, 'Use GET, POST, PUT, PATCH or DELETE.')
    const pointer = json.positions.has(`/invoke/methods/${i}`) ? `/invoke/methods/${i}` : '/invoke/methods'
    return [createProblemAt(json, pointer, createProblem('TREEWAY_CONFIG_INVALID', message, { fix }))]
  })
}

function withoutMethods(config: FunctionConfig): FunctionConfig {
  const { methods: _methods, ...invoke } = config.invoke ?? {}
  return { ...config, invoke }
}

function toEnvText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** The value is not shown: it may be a secret. */
function toEnvProblem(json: JsonFile, name: string, entry: unknown): Problem {
  const type = Array.isArray(entry)
    ? 'a list'
    : entry === null
      ? 'null'
      : isObject(entry)
        ? 'an object without one'
        : typeof entry
  const message = `"${name}" must be a text, or an object with a text "value"; received ${type}.`
  const problem = createProblem('TREEWAY_CONFIG_INVALID', message)
  const { frame: _frame, ...placed } = createProblemAt(json, `${toPointerStep(name)}#`, problem)
  return placed
}
