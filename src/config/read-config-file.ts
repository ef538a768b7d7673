import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createProblem, TreewayError } from '../errors.ts'
import type { Problem, ProblemDetails } from '../errors.ts'
import { toPlace } from './code-frame.ts'
import { describeValue } from './describe-value.ts'
import { scanJson } from './scan-json.ts'
import type { Span } from './scan-json.ts'
import { isPlainObject } from './value-type.ts'
import type { ValueFault } from './value-type.ts'

/** The first that exists counts. */
export const configFileNames = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json'].map(
  (extension) => `treeway.config.${extension}`
)

/** What a configuration file says, before its values are checked. */
export interface ConfigFile {
  readonly name: string
  readonly files: readonly string[]
  readonly values: Readonly<Record<string, unknown>>
  readonly problems: readonly Problem[]
  /** File, and in JSON also the line, of what is wrong. */
  readonly toPlace: (fault: ValueFault) => ProblemDetails
}

/** Reads `treeway.config.*` of the directory. Never throws for what is in it. */
export async function readConfigFile(
  dir: string,
  loadModule: (file: string) => Promise<unknown>
): Promise<ConfigFile> {
  const [name, ...others] = configFileNames.filter((candidate) => existsSync(join(dir, candidate)))
  if (name === undefined) return { name: '', files: [], values: {}, problems: [], toPlace: () => ({}) }
  const read = name.endsWith('.json') ? readJson(dir, name) : await importModule(dir, name, loadModule)
  const ignored = others.map((other) => toIgnoredProblem(other, name))
  return { ...read, problems: [...read.problems, ...ignored] }
}

function readJson(dir: string, name: string): ConfigFile {
  const text = readFileSync(join(dir, name), 'utf8')
  const scanned = scanJson(text)
  if (scanned.kind === 'json') {
    return toConfigFile(name, scanned.value, (fault) => ({
      file: name,
      ...toJsonPlace(text, scanned.positions, fault.path)
    }))
  }
  const details = { file: name, ...toPlace(text, scanned.index), fix: 'Correct the JSON at the line shown.' }
  return toFailed(name, createProblem('TREEWAY_CONFIG_INVALID', `${scanned.message}.`, details))
}

/** `trees[0].dir` is found under `/trees/0/dir`, or the nearest that is in the file. */
function toJsonPlace(text: string, positions: ReadonlyMap<string, Span>, path: string): ProblemDetails {
  let pointer = `/${path.replaceAll(/\[(\d+)\]/g, '/$1').replaceAll('.', '/')}`
  while (pointer !== '' && !positions.has(pointer)) pointer = pointer.slice(0, pointer.lastIndexOf('/'))
  const span = positions.get(pointer)
  return span ? toPlace(text, span.index, span.length) : {}
}

async function importModule(
  dir: string,
  name: string,
  loadModule: (file: string) => Promise<unknown>
): Promise<ConfigFile> {
  try {
    return toConfigFile(name, toDefault(await loadModule(join(dir, name))), () => ({ file: name }))
  } catch (error) {
    return toFailed(name, toLoadProblem(name, error))
  }
}

/** `export default`, `module.exports`, or both at once as bundlers write them. */
function toDefault(namespace: unknown): unknown {
  if (!isPlainObject(namespace) || !('default' in namespace)) return namespace
  const value = namespace['default']
  return isPlainObject(value) && value['__esModule'] === true && 'default' in value ? value['default'] : value
}

function toConfigFile(name: string, value: unknown, toPlaceOf: ConfigFile['toPlace']): ConfigFile {
  if (isPlainObject(value)) return { name, files: [name], values: value, problems: [], toPlace: toPlaceOf }
  const message = `${name} must give an object of options; received ${describeValue(value)}.`
  const fix = name.endsWith('.json')
    ? 'Write { } around the options.'
    : 'Write `export default { ... }` in it.'
  return toFailed(name, createProblem('TREEWAY_CONFIG_INVALID', message, { file: name, fix }))
}

function toFailed(name: string, problem: Problem): ConfigFile {
  return { name, files: [name], values: {}, problems: [problem], toPlace: () => ({}) }
}

function toLoadProblem(name: string, error: unknown): Problem {
  if (error instanceof TreewayError) {
    return error.problems[0] ?? createProblem(error.code, error.message, { file: name, fix: error.fix })
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return createProblem('TREEWAY_LOAD_FAILED', message, { file: name })
}

function toIgnoredProblem(other: string, name: string): Problem {
  const message = `${other} is not read, because ${name} is there too.`
  return createProblem('TREEWAY_CONFIG_INVALID', message, {
    severity: 'warning',
    file: other,
    fix: 'Keep one of the two.'
  })
}
