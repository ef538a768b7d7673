import { dirname, join, relative } from 'node:path'
import { createProblem, type Problem } from '../../errors.ts'
import { installOnce, isInstalled } from '../workers/install-once.ts'
import { findCommand, runTool, toTail, type ToolResult } from '../workers/run-tool.ts'
import type { PrepareContext } from '../workers/spec.ts'
import type { Python } from './find-python.ts'
import type { Requirements } from './requirements.ts'

/** The interpreter of a virtual environment that has the requirements, or the problem (its `file` is the list's). */
export async function installRequirements(
  requirements: Requirements,
  python: Python,
  context: PrepareContext
): Promise<string | Problem> {
  const folder = join(context.stateDir, 'python', requirements.hash)
  const name = relative(context.dir, requirements.file)
  if (!(await isInstalled(folder)) && context.isFrozen) {
    return createProblem('TREEWAY_INSTALL_FROZEN', `${name} is not installed`, { file: name })
  }
  let output = ''
  const fill = async (): Promise<boolean> => {
    const result = await fillFolder(folder, { requirements, python, context })
    output = result.output
    return result.isOk
  }
  if (await installOnce(folder, fill, context.signal)) return join(folder, 'bin', 'python')
  return createProblem('TREEWAY_INSTALL_FAILED', `${name} can not be installed`, {
    file: name,
    frame: toTail(output)
  })
}

interface FillOptions {
  readonly requirements: Requirements
  readonly python: Python
  readonly context: PrepareContext
}

async function fillFolder(folder: string, options: FillOptions): Promise<ToolResult> {
  const { requirements, context } = options
  const { dir, hostEnv, onProgress, signal } = context
  const uv = findCommand(['uv'], hostEnv)
  const name = relative(dir, requirements.file)
  const began = performance.now()
  onProgress(`python: installing ${name} with ${uv === undefined ? 'pip' : 'uv'}`)
  let result: ToolResult = { isOk: false, output: '', stdout: '' }
  for (const [command = '', ...args] of toCommands(folder, options, uv)) {
    result = await runTool(command, args, { cwd: dirname(requirements.file), env: hostEnv, signal })
    if (!result.isOk) break
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  onProgress(`python: ${result.isOk ? 'installed' : 'could not install'} ${name} (${seconds} s)`)
  return result
}

function toCommands(
  folder: string,
  { requirements, python }: FillOptions,
  uv: string | undefined
): string[][] {
  const own = join(folder, 'bin', 'python')
  if (uv !== undefined) {
    return [
      [uv, 'venv', '--quiet', '--python', python.executable, folder],
      [uv, 'pip', 'install', '--quiet', '--compile-bytecode', '--python', own, '-r', requirements.file]
    ]
  }
  return [
    [python.executable, '-m', 'venv', folder],
    [
      own,
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '--no-input',
      '--quiet',
      '-r',
      requirements.file
    ]
  ]
}
