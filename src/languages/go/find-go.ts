import { createProblem, type Problem } from '../../errors.ts'
import type { Toolchain } from '../compiled/compiler.ts'
import { toInstallHint } from '../workers/install-hint.ts'
import { findCommand, runTool } from '../workers/run-tool.ts'
import type { PrepareContext } from '../workers/spec.ts'

const OLDEST_MINOR = 19

/** The Go of PATH, or the problem that there is none to use. */
export async function findGo({ hostEnv, dir, signal }: PrepareContext): Promise<Toolchain | Problem> {
  const command = findCommand(['go'], hostEnv)
  if (command === undefined) return toMissing('Go is not installed: there is no go on PATH')
  const { isOk, stdout, output } = await runTool(command, ['version'], { cwd: dir, env: hostEnv, signal })
  const version = /go(\d+\.\d+\S*)/.exec(stdout)?.[1] ?? ''
  if (!isOk || version === '') return toMissing(`${command} does not run: ${output.trim()}`)
  const [, major = 0, minor = 0] = (/^(\d+)\.(\d+)/.exec(version) ?? []).map(Number)
  if (major > 1 || minor >= OLDEST_MINOR) return { command, version }
  return toMissing(`Go ${version} is too old: 1.${OLDEST_MINOR} or later is needed`)
}

function toMissing(message: string): Problem {
  const fix = toInstallHint({
    debian: 'apt-get install golang-go',
    fedora: 'dnf install golang',
    alpine: 'apk add go',
    arch: 'pacman -S go',
    macos: 'brew install go',
    other: 'https://go.dev/dl/'
  })
  return createProblem('TREEWAY_LANGUAGE_MISSING', message, { fix })
}
