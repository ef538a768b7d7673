import { availableParallelism } from 'node:os'
import { basename, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Problem } from '../../errors.ts'
import type { WorkerFunction } from '../language.ts'
import { findNearestFile } from '../workers/nearest-file.ts'
import type { Preparation, PrepareContext, WorkerProgram, WorkerSpec } from '../workers/spec.ts'
import { checkSyntax } from './check-syntax.ts'
import { type Composer, readComposer } from './composer.ts'
import { findPhp, type Php } from './find-php.ts'
import { installPackages } from './install.ts'

const PROGRAM = fileURLToPath(new URL('../../../workers/php/main.php', import.meta.url))

/**
 * Functions that php-cli has and that do nothing there. Since PHP 8.0 a disabled function's name is free: the worker
 * declares its own, so that header() and error_log() mean what they mean behind a web server.
 */
const REPLACED = [
  ...['header', 'header_remove', 'headers_list', 'headers_sent', 'http_response_code'],
  ...['setcookie', 'setrawcookie', 'error_log']
]

/** Signals are for the server to act on; `exec` hands on that they are ignored. */
const IGNORE_SIGNALS = 'trap "" INT TERM; exec "$0" "$@"'

/**
 * A process of its own for each handler file, as FastFN has it: PHP has one table of functions and classes per process,
 * every handler file declares `handler`, and nothing declared can be taken back. (Putting each file's source into a
 * namespace of its own was the alternative: then `new Exception`, `'strlen'` as a callable, `define` and `global` mean
 * something else, and so do files it requires.) It is cheap: 20 ms to start, 5 MB of its own, started by the first
 * request, more while requests wait, none after half a minute without one.
 */
export const phpSpec: WorkerSpec = {
  language: 'php',
  channel: 'fd3',
  isBlocking: true,
  maxProcesses: Math.max(8, availableParallelism() * 4),
  minProcesses: 0,
  reload: 'process',
  hasCheck: true,
  check: checkSyntax,
  prepare,
  needsPrepare: (file) => ['composer.json', 'composer.lock'].includes(basename(file))
}

async function prepare(functions: readonly WorkerFunction[], context: PrepareContext): Promise<Preparation> {
  if (functions.length === 0) return { problems: [], programs: new Map() }
  const php = await findPhp(context)
  if ('code' in php) return { problems: [php], programs: new Map() }
  const problems: Problem[] = []
  const programs = new Map<string, WorkerProgram>()
  for (const { composer, users } of toGroups(functions, php, context)) {
    const autoload = composer === undefined ? '' : await installPackages(composer, php, context)
    for (const fn of users) {
      if (typeof autoload === 'string')
        programs.set(fn.file, toProgram(fn, php, { autoload, composer, context }))
      else problems.push({ ...autoload, file: fn.name })
    }
  }
  return { problems, programs }
}

interface Group {
  readonly composer: Composer | undefined
  readonly users: WorkerFunction[]
}

/** Functions by the composer.json that holds for them. */
function toGroups(functions: readonly WorkerFunction[], php: Php, context: PrepareContext): Iterable<Group> {
  const groups = new Map<string, Group>()
  const search = { names: ['composer.json'], dir: context.dir, seen: new Map<string, string | undefined>() }
  for (const fn of functions) {
    const file = findNearestFile(fn.file, search) ?? ''
    const group = groups.get(file) ?? {
      composer: file === '' ? undefined : readComposer(file, php.version),
      users: []
    }
    group.users.push(fn)
    groups.set(file, group)
  }
  return groups.values()
}

interface ProgramParts {
  readonly autoload: string
  readonly composer: Composer | undefined
  readonly context: PrepareContext
}

function toProgram(
  fn: WorkerFunction,
  php: Php,
  { autoload, composer, context }: ProgramParts
): WorkerProgram {
  const disabled = [...php.disabledFunctions, ...REPLACED].join(',')
  const settings = {
    disable_functions: disabled,
    display_errors: 'stderr',
    html_errors: '0',
    log_errors: '0',
    max_execution_time: '0',
    output_buffering: '0',
    serialize_precision: '-1'
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-d', `${name}=${value}`])
  return {
    key: `${relative(context.dir, fn.file)} ${composer?.hash ?? ''}`,
    command: '/bin/sh',
    args: ['-c', IGNORE_SIGNALS, php.executable, ...flags, PROGRAM, ...(autoload === '' ? [] : [autoload])]
  }
}
