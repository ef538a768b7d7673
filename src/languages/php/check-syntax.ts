import { fileURLToPath } from 'node:url'
import { createProblem, type Problem } from '../../errors.ts'
import type { WorkerFunction } from '../language.ts'
import { findCommand, runTool } from '../workers/run-tool.ts'
import type { PrepareContext } from '../workers/spec.ts'

const PROGRAM = fileURLToPath(new URL('../../../workers/php/check.php', import.meta.url))
/** Command lines have a limit: far below it. */
const FILES_AT_ONCE = 500

interface Fault {
  readonly file: string
  readonly message: string
  readonly line: number
}

/** Syntax errors of many files by one PHP, which reads and does not run them. */
export async function checkSyntax(
  functions: readonly WorkerFunction[],
  context: PrepareContext
): Promise<readonly Problem[]> {
  const command = findCommand(['php', 'php8', 'php-cli'], context.hostEnv)
  if (command === undefined) return []
  const problems: Problem[] = []
  for (let start = 0; start < functions.length; start += FILES_AT_ONCE) {
    const some = functions.slice(start, start + FILES_AT_ONCE)
    for (const fault of await findFaults(command, some, context)) {
      const fn = some.find(({ file }) => file === fault.file)
      const { message, line } = fault
      if (fn !== undefined) problems.push(createProblem('TREEWAY_SYNTAX', message, { file: fn.name, line }))
    }
  }
  return problems
}

async function findFaults(
  command: string,
  functions: readonly WorkerFunction[],
  { dir, hostEnv, signal }: PrepareContext
): Promise<readonly Fault[]> {
  const files = functions.map(({ file }) => file)
  const args = ['-d', 'display_errors=stderr', PROGRAM, ...files]
  const { isOk, stdout } = await runTool(command, args, { cwd: dir, env: hostEnv, signal })
  // a PHP that does not run says so at the first request, with its own words
  return isOk ? (JSON.parse(stdout) as readonly Fault[]) : []
}
