import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Problem } from '../../errors.ts'
import type { WorkerFunction } from '../language.ts'
import { findNearestFile } from '../workers/nearest-file.ts'
import type { Preparation, PrepareContext, WorkerProgram, WorkerSpec } from '../workers/spec.ts'
import { findPython, type Python } from './find-python.ts'
import { installRequirements } from './install.ts'
import { readRequirements, type Requirements } from './requirements.ts'

const PROGRAM = fileURLToPath(new URL('../../../workers/python/main.py', import.meta.url))

/** One process for each list of requirements: handlers that wait run in threads and on an event loop. */
export const pythonSpec: WorkerSpec = {
  language: 'python',
  channel: 'fd3',
  isBlocking: false,
  maxProcesses: 1,
  reload: 'frame',
  hasCheck: true,
  prepare,
  needsPrepare: (file) => /^(requirements|constraints).*\.txt$/.test(basename(file))
}

async function prepare(functions: readonly WorkerFunction[], context: PrepareContext): Promise<Preparation> {
  if (functions.length === 0) return { problems: [], programs: new Map() }
  const python = await findPython(context)
  if ('code' in python) return { problems: [python], programs: new Map() }
  const problems: Problem[] = []
  const programs = new Map<string, WorkerProgram>()
  for (const { requirements, users } of toGroups(functions, python, context)) {
    const executable =
      requirements === undefined
        ? python.executable
        : await installRequirements(requirements, python, context)
    if (typeof executable !== 'string') problems.push(...users.map((fn) => toProblemOf(fn, executable)))
    else for (const { file } of users) programs.set(file, toProgram(executable, requirements, context))
  }
  return { problems, programs }
}

interface Group {
  readonly requirements: Requirements | undefined
  readonly users: WorkerFunction[]
}

/** Functions by what they require: those that require the same share a process. */
function toGroups(
  functions: readonly WorkerFunction[],
  python: Python,
  context: PrepareContext
): Iterable<Group> {
  const groups = new Map<string, Group>()
  const search = {
    names: ['requirements.txt'],
    dir: context.dir,
    seen: new Map<string, string | undefined>()
  }
  const read = new Map<string, Requirements | undefined>()
  for (const fn of functions) {
    const list = findNearestFile(fn.file, search)
    if (list !== undefined && !read.has(list)) read.set(list, readRequirements(list, python.version))
    const requirements = list === undefined ? undefined : read.get(list)
    const key = requirements?.hash ?? ''
    const group = groups.get(key) ?? { requirements, users: [] }
    group.users.push(fn)
    groups.set(key, group)
  }
  return groups.values()
}

function toProgram(
  executable: string,
  requirements: Requirements | undefined,
  context: PrepareContext
): WorkerProgram {
  return {
    key: requirements?.hash ?? 'plain',
    command: executable,
    args: ['-I', PROGRAM, join(context.stateDir, 'python', 'cache')]
  }
}

function toProblemOf(fn: WorkerFunction, problem: Problem): Problem {
  return { ...problem, file: fn.name }
}
