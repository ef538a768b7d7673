import { statSync } from 'node:fs'
import { CommanderError } from 'commander'
import { TreewayError, toDefinition } from '../errors.ts'
import { createCliContext } from './cli-context.ts'
import type { CliContext } from './cli-context.ts'
import type { Command, CommandInput } from './command.ts'
import { commands } from './commands/index.ts'
import { exitCodes } from './exit-code.ts'
import { toErrorText } from './problem-text.ts'
import { createProgram } from './program.ts'

interface Asked {
  readonly command: Command
  readonly input: CommandInput
}

/**
 * Runs the command line and resolves with the exit code. Never rejects, and never ends the process.
 *
 * @param argv Without node and script: `['dev', '--port', '8080']`.
 */
export async function runCli(
  argv: readonly string[],
  context: CliContext = createCliContext()
): Promise<number> {
  let asked: Asked | undefined
  try {
    const program = createProgram({
      context,
      commands,
      onCommand: (command, input) => (asked = { command, input })
    })
    program.parse(argv.length === 0 ? ['help'] : [...argv], { from: 'user' })
    if (asked === undefined) return exitCodes.ok
    refuseMissingFolder(asked)
    return await asked.command.run(context, asked.input)
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok
    const shown = error instanceof CommanderError ? toUsageError(error) : error
    printError(shown, context, asked?.input.flags['json'] === true || argv.includes('--json'))
    return shown instanceof TreewayError && shown.code === 'TREEWAY_USAGE'
      ? exitCodes.usage
      : exitCodes.failed
  }
}

function refuseMissingFolder({ command, input }: Asked): void {
  if (command.name === 'init' || statSync(input.dir, { throwIfNoEntry: false })?.isDirectory()) return
  const fix = 'Name the directory of a project, or make it with `treeway init`.'
  throw new TreewayError('TREEWAY_USAGE', `There is no directory ${input.dir}.`, { fix })
}

/** commander puts its guess in a second line, in brackets. */
function toUsageError(error: CommanderError): TreewayError {
  const [first = '', guess] = error.message.replace(/^error: /, '').split('\n')
  const message = `${first.charAt(0).toUpperCase()}${first.slice(1)}`.replace(/([^.?])$/, '$1.')
  const fix = guess?.replace(/^\(|\)$/g, '')
  return new TreewayError('TREEWAY_USAGE', message, { cause: error, ...(fix !== undefined && { fix }) })
}

function printError(error: unknown, context: CliContext, isJson: boolean): void {
  if (isJson) context.out.print(JSON.stringify(toJson(error), undefined, 2))
  else if (error instanceof TreewayError) context.log.print(toErrorText(error, context.log.style))
  else context.log.print(toUnexpectedText(error, context))
}

function toJson(error: unknown): unknown {
  if (!(error instanceof TreewayError)) return { error: { message: String(error) }, problems: [] }
  const { code, message, fix, problems } = error
  return { error: { code, title: toDefinition(code).title, message, fix }, problems }
}

/** No code: nobody foresaw it, so its stack is the best there is. */
function toUnexpectedText(error: unknown, { log }: CliContext): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `${log.style.red('error')} ${log.style.bold('Something failed that Treeway did not expect')}\n${text}`
}
