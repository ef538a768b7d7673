import { dirname, join, relative } from 'node:path'
import { type Problem, unreachable } from '../../errors.ts'
import { installList, runInstall, toFailedResult } from '../workers/install-list.ts'
import { findCommand, runTool, type ToolResult } from '../workers/run-tool.ts'
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
  const fill = async (): Promise<ToolResult> => await fillFolder(folder, { requirements, python, context })
  return (await installList({ name, folder }, context, fill)) ?? join(folder, 'bin', 'python')
}

interface FillOptions {
  readonly requirements: Requirements
  readonly python: Python
  readonly context: PrepareContext
}

async function fillFolder(folder: string, options: FillOptions): Promise<ToolResult> {
  const { requirements, context } = options
  const { dir, hostEnv, signal } = context
  const installer = await findInstaller(options)
  const name = relative(dir, requirements.file)
  const tool = installer.kind === 'uv' ? 'uv' : 'pip'
  return await runInstall({ language: 'python', name, tool }, context, async () => {
    let result = toFailedResult('')
    for (const [command = '', ...args] of toCommands(folder, options, installer)) {
      result = await runTool(command, args, { cwd: dirname(requirements.file), env: hostEnv, signal })
      if (!result.isOk) break
    }
    return result
  })
}

type Installer =
  | { readonly kind: 'uv'; readonly command: string }
  /** The interpreter's own pip installs into another environment: seconds cheaper than a pip in each. */
  | { readonly kind: 'outer-pip' }
  | { readonly kind: 'inner-pip' }

async function findInstaller({ python, context }: FillOptions): Promise<Installer> {
  const { dir, hostEnv, signal } = context
  const uv = findCommand(['uv'], hostEnv)
  if (uv !== undefined) return { kind: 'uv', command: uv }
  const pip = await runTool(python.executable, ['-I', '-m', 'pip', '--version'], {
    cwd: dir,
    env: hostEnv,
    signal
  })
  const [, major = 0, minor = 0] = (/^pip (\d+)\.(\d+)/.exec(pip.stdout) ?? []).map(Number)
  // `pip --python` came with 22.3
  return major > 22 || (major === 22 && minor >= 3) ? { kind: 'outer-pip' } : { kind: 'inner-pip' }
}

function toCommands(folder: string, { requirements, python }: FillOptions, installer: Installer): string[][] {
  const own = join(folder, 'bin', 'python')
  const install = ['install', '--disable-pip-version-check', '--no-input', '--quiet', '-r', requirements.file]
  switch (installer.kind) {
    case 'uv': {
      const { command } = installer
      return [
        [command, 'venv', '--quiet', '--python', python.executable, folder],
        [command, 'pip', 'install', '--quiet', '--compile-bytecode', '--python', own, '-r', requirements.file]
      ]
    }
    case 'outer-pip':
      return [
        [python.executable, '-m', 'venv', '--without-pip', folder],
        [python.executable, '-m', 'pip', '--python', own, ...install]
      ]
    case 'inner-pip':
      return [
        [python.executable, '-m', 'venv', folder],
        [own, '-m', 'pip', ...install]
      ]
    default:
      return unreachable(installer)
  }
}
