import { options, optionNames } from './options.ts'
import type { OptionName, OptionValues } from './options.ts'

/** What `treeway.config.ts` may say: every option, all of them optional. */
export type ConfigInput = { readonly [Name in OptionName]?: OptionValues[Name] }

/** All options, with defaults filled in. Plain data. */
export interface Config extends Omit<OptionValues, 'env'> {
  /** Absolute path of the project's directory. The folders in the other options are below it. */
  readonly dir: string
  /** What functions see as `context.env` and `event.env`: names and values, already looked up. */
  readonly env: Readonly<Record<string, string>>
  /** `vars` of a Pages project's wrangler.toml: part of `context.env`, below all that `env` says. Default: none. */
  readonly vars?: Readonly<Record<string, unknown>>
}

/**
 * Gives `treeway.config.ts` its types; returns what it is given.
 *
 * @example export default defineConfig({ port: 8080, trees: [{ dir: 'api', prefix: '/api' }] })
 */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config
}

/**
 * A configuration of defaults and these options, for whoever has no file, flags and variables.
 *
 * @param dir Absolute path of the project's directory.
 */
export function createConfig(dir: string, input: ConfigInput = {}, environment: Environment = {}): Config {
  const given = Object.fromEntries(
    optionNames.map((name) => [name, input[name] ?? options[name].default])
  ) as OptionValues
  return { ...given, dir, env: toFunctionEnv(given.env, environment) }
}

/** Variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Names are looked up; one that is not set is not given. */
function toFunctionEnv(env: OptionValues['env'], environment: Environment): Readonly<Record<string, string>> {
  if (!isNameList(env)) return env
  const found: Record<string, string> = {}
  for (const name of env) {
    const value = environment[name]
    if (value !== undefined) found[name] = value
  }
  return found
}

function isNameList(env: OptionValues['env']): env is readonly string[] {
  return Array.isArray(env)
}
