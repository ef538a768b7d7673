import { createProblem, type Problem } from '../../errors.ts'
import { toInstallHint } from '../workers/install-hint.ts'
import { findCommand, runTool } from '../workers/run-tool.ts'
import type { PrepareContext } from '../workers/spec.ts'

export interface Python {
  /** Absolute path of the interpreter itself, not of a shim that looks for it at each start. */
  readonly executable: string
  readonly version: string
}

const QUESTION = 'import sys; print(sys.executable); print(".".join(map(str, sys.version_info[:3])))'
const OLDEST_MINOR = 9

/** The Python of PATH, or the problem that there is none to use. */
export async function findPython(context: PrepareContext): Promise<Python | Problem> {
  const { hostEnv, dir, signal } = context
  const command = findCommand(['python3', 'python'], hostEnv)
  if (command === undefined) return toMissing('Python is not installed: there is no python3 on PATH')
  const { isOk, stdout, output } = await runTool(command, ['-I', '-c', QUESTION], {
    cwd: dir,
    env: hostEnv,
    signal
  })
  const [executable = '', version = ''] = stdout.trim().split('\n')
  if (!isOk) return toMissing(`${command} does not run: ${output.trim()}`)
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 3 || (major === 3 && minor >= OLDEST_MINOR))
    return { executable: executable || command, version }
  return toMissing(`Python ${version} is too old: 3.${OLDEST_MINOR} or later is needed`)
}

function toMissing(message: string): Problem {
  const fix = toInstallHint({
    debian: 'apt-get install python3 python3-venv',
    fedora: 'dnf install python3',
    alpine: 'apk add python3',
    arch: 'pacman -S python',
    macos: 'brew install python',
    other: 'https://www.python.org/downloads/'
  })
  return createProblem('TREEWAY_LANGUAGE_MISSING', message, { fix })
}
