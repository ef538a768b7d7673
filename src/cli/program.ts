import { Command as Program, InvalidArgumentError, Option } from 'commander'
import { resolve } from 'node:path'
import type { ConfigInput } from '../config/config.ts'
import { toFlagHelp, toFlagUsage } from '../config/option-docs.ts'
import { optionNames, toDeclaration, toFlagName } from '../config/options.ts'
import type { OptionName } from '../config/options.ts'
import type { CliContext } from './cli-context.ts'
import type { Command, CommandFlag, CommandInput } from './command.ts'

export interface ProgramOptions {
  readonly context: CliContext
  readonly commands: readonly Command[]
  /** The command that was asked for, ready to run. */
  readonly onCommand: (command: Command, input: CommandInput) => void
}

/** The command line as commander knows it. Nothing runs here: it parses, refuses and helps. */
export function createProgram({ context, commands, onCommand }: ProgramOptions): Program {
  const program = new Program('treeway')
    .description('A folder of handler files is a fast, complete HTTP server.')
    .version(context.version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'Print help for a command.')
    .exitOverride()
    // Errors are printed by runCli, as all others are.
    .configureOutput({
      writeOut: (text) => context.out.print(text.trimEnd()),
      outputError: () => undefined,
      writeErr: () => undefined
    })
    .addHelpText('after', '\nExit codes: 0 done, 1 problems or a failure, 2 wrong usage, 130 Ctrl-C.')
  for (const command of commands) addCommand(program, command, { context, onCommand })
  return program
}

function addCommand(
  program: Program,
  command: Command,
  { context, onCommand }: Omit<ProgramOptions, 'commands'>
): void {
  const names = optionNames.filter((name) =>
    toDeclaration(name).commands?.some((taken) => taken === command.name)
  )
  const sub = program
    .command(command.name)
    .description(command.summary)
    .argument('[dir]', 'directory of the project (default: TREEWAY_DIR, or this one)')
    .helpOption('-h, --help', 'print help')
  for (const flag of command.flags) sub.addOption(toOwnOption(flag))
  for (const name of names) for (const option of toConfigOptions(name)) sub.addOption(option)
  sub.addHelpText('after', toExamplesText(command))
  sub.action((dir: string | undefined, said: Readonly<Record<string, unknown>>) => {
    const start = dir ?? context.environment.read()['TREEWAY_DIR'] ?? '.'
    onCommand(command, { dir: resolve(context.cwd, start), options: toConfigInput(names, said), flags: said })
  })
}

function toOwnOption({ usage, description, choices }: CommandFlag): Option {
  const option = new Option(usage, description)
  return choices === undefined ? option : option.choices(choices)
}

/** A switch can be said both ways, so that a flag beats a file that says true. */
function toConfigOptions(name: OptionName): Option[] {
  const usage = toFlagUsage(name)
  if (usage === undefined) return []
  const option = new Option(usage, toFlagHelp(name))
  const { type } = toDeclaration(name)
  if (type.isSwitch) return [option, new Option(`--no-${toFlagName(name)}`).hideHelp()]
  return [option.argParser((text: string) => parseFlag(name, text))]
}

function parseFlag(name: OptionName, text: string): unknown {
  const { type } = toDeclaration(name)
  const checked = type.check(type.fromText(text), name)
  if (checked.kind === 'value') return checked.value
  throw new InvalidArgumentError(checked.fix ?? `It must be ${type.words}.`)
}

/** Values came through `parseFlag`, or are the booleans of a switch. */
function toConfigInput(names: readonly OptionName[], said: Readonly<Record<string, unknown>>): ConfigInput {
  return Object.fromEntries(
    names.filter((name) => said[name] !== undefined).map((name) => [name, said[name]])
  )
}

function toExamplesText({ examples }: Command): string {
  const width = Math.max(...examples.map(({ command }) => command.length))
  const lines = examples.map(({ command, meaning }) => `  ${command.padEnd(width)}  ${meaning}`)
  return ['', 'Examples:', ...lines].join('\n')
}
