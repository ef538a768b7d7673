import { createProblem, type Problem } from '../../errors.ts'
import type { Toolchain } from '../compiled/compiler.ts'
import { toInstallHint } from '../workers/install-hint.ts'
import { findCommand, runTool } from '../workers/run-tool.ts'
import type { PrepareContext } from '../workers/spec.ts'

const OLDEST_MINOR = 81

/** The cargo of PATH and its compiler, or the problem that there is none to use. */
export async function findRust({ hostEnv, dir, signal }: PrepareContext): Promise<Toolchain | Problem> {
  const command = findCommand(['cargo'], hostEnv)
  const compiler = findCommand(['rustc'], hostEnv)
  if (command === undefined || compiler === undefined) {
    return toMissing('Rust is not installed: there is no cargo and rustc on PATH')
  }
  const { isOk, stdout, output } = await runTool(compiler, ['--version'], { cwd: dir, env: hostEnv, signal })
  const [, version = '', major = 0, minor = 0] = /rustc ((\d+)\.(\d+)\S*)/.exec(stdout) ?? []
  if (!isOk || version === '') return toMissing(`${compiler} does not run: ${output.trim()}`)
  if (Number(major) > 1 || Number(minor) >= OLDEST_MINOR) return { command, version }
  return toMissing(`Rust ${version} is too old: 1.${OLDEST_MINOR} or later is needed`)
}

function toMissing(message: string): Problem {
  const fix = toInstallHint({
    debian:
      'apt-get install rustup && rustup default stable`, on Debian 12 `apt-get install cargo-web rustc-web',
    fedora: 'dnf install cargo',
    alpine: 'apk add cargo',
    arch: 'pacman -S rust',
    macos: 'brew install rust',
    other: 'https://rustup.rs/'
  })
  return createProblem('TREEWAY_LANGUAGE_MISSING', message, { fix })
}
