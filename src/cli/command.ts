import type { ConfigInput } from '../config/config.ts'
import type { CliContext } from './cli-context.ts'

/** One command: what the help says of it, and what it does. */
export interface Command {
  readonly name: string
  /** One sentence, present tense. */
  readonly summary: string
  /** Flags of this command alone; those of `src/config/options.ts` that name it come by themselves. */
  readonly flags: readonly CommandFlag[]
  readonly examples: readonly Example[]
  /** Resolves with an exit code. Throws a TreewayError for what a person should see. */
  readonly run: (context: CliContext, input: CommandInput) => Promise<number>
}

export interface CommandFlag {
  /** `--json`, `--explain <request>`. */
  readonly usage: string
  readonly description: string
  readonly choices?: readonly string[]
}

export interface Example {
  readonly command: string
  readonly meaning: string
}

export interface CommandInput {
  /** Absolute path of the project's directory. */
  readonly dir: string
  /** Options of the configuration, checked. */
  readonly options: ConfigInput
  /** The command's own flags, by name: `json`, `explain`. */
  readonly flags: Readonly<Record<string, unknown>>
}
