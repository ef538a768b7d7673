import { createProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { createConfig } from './config.ts'
import type { Config, ConfigInput, Environment } from './config.ts'
import { findGuess } from './guess.ts'
import { optionNames, toDeclaration, toFlagName, toVariableName } from './options.ts'
import type { OptionName } from './options.ts'
import { readConfigFile } from './read-config-file.ts'
import type { ConfigFile } from './read-config-file.ts'
import { toUnknownFault } from './value-type.ts'
import type { ValueFault } from './value-type.ts'
import { readWranglerConfig } from './wrangler-config.ts'

export interface LoadConfigOptions {
  /** Absolute path of the project's directory. */
  readonly dir: string
  /** What the command line said, already checked. */
  readonly flags?: ConfigInput
  /** Variables, `.env` included. */
  readonly environment?: Environment
  /** Imports a configuration file of TypeScript or JavaScript and gives its namespace. */
  readonly loadModule: (file: string) => Promise<unknown>
}

export interface LoadedConfig {
  readonly config: Config
  readonly problems: readonly Problem[]
  /** Configuration files that were read, below `dir`. */
  readonly files: readonly string[]
}

interface Source {
  /** `from TREEWAY_PORT`, at the end of a message. */
  readonly toOrigin: (name: string) => string
  readonly values: Readonly<Record<string, unknown>>
  readonly place?: ConfigFile['toPlace']
}

/**
 * Puts the options together: a flag beats a variable, a variable beats the file, the file beats Cloudflare's
 * own, and that the default.
 * Never throws for what a person wrote: a wrong value is a problem, and the next source counts.
 */
export async function loadConfig(load: LoadConfigOptions): Promise<LoadedConfig> {
  const file = await readConfigFile(load.dir, load.loadModule)
  const wrangler = await readWranglerConfig(load.dir)
  const environment = load.environment ?? {}
  const fromWrangler: Source = {
    values: wrangler.publicDir === undefined ? {} : { publicDir: wrangler.publicDir },
    toOrigin: () => `in ${wrangler.files.join()}`
  }
  const fromFlags: Source = { values: load.flags ?? {}, toOrigin: (name) => `from --${toFlagName(name)}` }
  const fromFile: Source = { values: file.values, toOrigin: () => `in ${file.name}`, place: file.toPlace }
  const fromVariables: Source = {
    values: toVariableValues(environment),
    toOrigin: (name) => `from ${toVariableName(name)}`
  }
  const problems = [...file.problems, ...wrangler.problems]
  const input: Record<string, unknown> = {}
  for (const source of [fromWrangler, fromFile, fromVariables, fromFlags]) {
    for (const name of optionNames) takeValue(name, source, { input, problems })
  }
  problems.push(...listUnknownKeys(fromFile), ...listUnknownVariables(environment))
  const config = { ...createConfig(load.dir, input, environment), vars: wrangler.vars }
  return { config, problems, files: [...file.files, ...wrangler.files] }
}

function takeValue(
  name: OptionName,
  source: Source,
  into: { input: Record<string, unknown>; problems: Problem[] }
): void {
  const value = source.values[name]
  if (value === undefined) return
  const checked = toDeclaration(name).type.check(value, name)
  if (checked.kind === 'value') into.input[name] = checked.value
  else into.problems.push(toProblem(checked, source, name))
}

function toProblem(fault: ValueFault, source: Source, name: string): Problem {
  const message = `${fault.message}, ${source.toOrigin(name)}.`
  return createProblem(fault.code, message, {
    ...(fault.fix && { fix: fault.fix }),
    ...source.place?.(fault)
  })
}

function listUnknownKeys(source: Source): Problem[] {
  const known: readonly string[] = optionNames
  const unknown = Object.keys(source.values).filter((key) => key !== '$schema' && !known.includes(key))
  return unknown.map((key) => toProblem(toUnknownFault(key, key, known), source, key))
}

function toVariableValues(environment: Environment): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {}
  for (const name of listVariableOptions()) {
    const text = environment[toVariableName(name)]
    if (text !== undefined && text !== '') values[name] = toDeclaration(name).type.fromText(text)
  }
  return values
}

const PREFIX = 'TREEWAY_'

/** TREEWAY_DIR is read by the command line, before there is a directory to look in. */
function listUnknownVariables(environment: Environment): Problem[] {
  const known = [`${PREFIX}DIR`, ...listVariableOptions().map(toVariableName)]
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name))
    .map((name) => toUnknownVariable(name, known))
}

/** A slip is refused; what resembles no option may be somebody else's: decision 011. */
function toUnknownVariable(name: string, known: readonly string[]): Problem {
  const message = `"${name}" is not a known option, from the environment.`
  const fileOnly = optionNames.find((option) => toVariableName(option) === name)
  if (fileOnly !== undefined) {
    const fix = `Say "${fileOnly}" in treeway.config.ts: a variable can not.`
    return createProblem('TREEWAY_CONFIG_UNKNOWN', message, { fix })
  }
  const guess = findGuess(
    name.slice(PREFIX.length),
    known.map((variable) => variable.slice(PREFIX.length))
  )
  if (guess !== undefined)
    return createProblem('TREEWAY_CONFIG_UNKNOWN', message, { fix: `Did you mean "${PREFIX}${guess}"?` })
  const fix = 'Leave it where something else reads it; docs/configuration.md lists the variables of Treeway.'
  return createProblem('TREEWAY_CONFIG_UNKNOWN', message, { severity: 'warning', fix })
}

function listVariableOptions(): OptionName[] {
  return optionNames.filter((name) => toDeclaration(name).isFileOnly !== true)
}
