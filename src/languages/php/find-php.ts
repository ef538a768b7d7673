import { createProblem, type Problem } from '../../errors.ts'
import { toInstallHint } from '../workers/install-hint.ts'
import { findCommand, runTool } from '../workers/run-tool.ts'
import type { PrepareContext } from '../workers/spec.ts'

export interface Php {
  /** Absolute path of the interpreter. */
  readonly executable: string
  readonly version: string
  /** What php.ini disables: the worker is started with a list of its own, which must hold these too. */
  readonly disabledFunctions: readonly string[]
}

const QUESTION = `echo json_encode([PHP_BINARY, PHP_VERSION, PHP_SAPI, ini_get('disable_functions')]);`
const OLDEST = { major: 8, minor: 1 }

/** The PHP of PATH, or the problem that there is none to use. */
export async function findPhp(context: PrepareContext): Promise<Php | Problem> {
  const { hostEnv, dir, signal } = context
  const command = findCommand(['php', 'php8', 'php-cli'], hostEnv)
  if (command === undefined) return toMissing('PHP is not installed: there is no php on PATH')
  const { stdout, output } = await runTool(command, ['-r', QUESTION], { cwd: dir, env: hostEnv, signal })
  const answer = parseAnswer(stdout)
  if (answer === undefined) return toMissing(`${command} does not run: ${output.trim()}`)
  const [executable = '', version = '', sapi = '', disabled = ''] = answer
  if (sapi !== 'cli') return toMissing(`${command} is PHP for ${sapi}: the command line's is needed`)
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
    return toMissing(`PHP ${version} is too old: ${OLDEST.major}.${OLDEST.minor} or later is needed`)
  }
  const disabledFunctions = disabled.split(',').map((name) => name.trim())
  return {
    executable: executable || command,
    version,
    disabledFunctions: disabledFunctions.filter((name) => name !== '')
  }
}

/** A php.ini that is wrong prints warnings before the answer. */
function parseAnswer(stdout: string): readonly string[] | undefined {
  try {
    const values: unknown = JSON.parse(stdout.slice(stdout.lastIndexOf('[')))
    return Array.isArray(values) ? values.map(String) : undefined
  } catch {
    return undefined
  }
}

function toMissing(message: string): Problem {
  const fix = toInstallHint({
    debian: 'apt-get install php-cli',
    fedora: 'dnf install php-cli',
    alpine: 'apk add php',
    arch: 'pacman -S php',
    macos: 'brew install php',
    other: 'https://www.php.net/downloads'
  })
  return createProblem('TREEWAY_LANGUAGE_MISSING', message, { fix })
}
