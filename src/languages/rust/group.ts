import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SourceGroup } from '../compiled/compiler.ts'
import { platform, readNames, readText, toContentHash } from '../compiled/content-hash.ts'
import type { WorkerFunction } from '../language.ts'
import { findNearestFile } from '../workers/nearest-file.ts'
import type { PrepareContext } from '../workers/spec.ts'
import { type Dependencies, noDependencies, readDependencies } from './manifest.ts'
import { readModule, type RustModule } from './source.ts'

/** The crate that all handlers are linked with. */
export const WORKER_FOLDER = fileURLToPath(new URL('../../../workers/rust', import.meta.url))

/** Functions that ask for the same dependencies: one crate. */
export interface RustGroup extends SourceGroup {
  readonly modules: readonly RustModule[]
  readonly dependencies: Dependencies
  /** Cargo.lock beside the list, where the user has one. */
  readonly lock: string | undefined
  /** Of the dependencies: its crate keeps its folder, and what the compiler knows of it, when a function changes. */
  readonly key: string
}

interface Draft {
  readonly functions: WorkerFunction[]
  readonly dependencies: Dependencies
  readonly lock: string | undefined
  readonly list: string | undefined
}

export function readRustGroups(
  functions: readonly WorkerFunction[],
  { dir }: PrepareContext
): readonly RustGroup[] {
  const drafts = toDrafts(functions, dir)
  const workerTexts = readWorkerTexts()
  return [...drafts].map(([key, { functions: members, dependencies, lock, list }]) => {
    const modules = members.map((fn) => readModule(fn, dir))
    const texts = modules.flatMap(({ fn, handlers, files }) => [
      fn.name,
      handlers.join(' '),
      ...[...files].flat()
    ])
    const hash = toContentHash([platform, key, ...workerTexts, ...texts])
    const dependencyList = list === undefined ? undefined : relative(dir, list)
    return { functions: members, modules, dependencies, lock, key, hash, dependencyList }
  })
}

function toDrafts(functions: readonly WorkerFunction[], dir: string): ReadonlyMap<string, Draft> {
  const drafts = new Map<string, Draft>()
  const search = { names: ['Cargo.toml'], dir, seen: new Map<string, string | undefined>() }
  const read = new Map<string, Dependencies>()
  for (const fn of functions) {
    const list = findNearestFile(fn.file, search)
    if (list !== undefined && !read.has(list)) read.set(list, readDependencies(list))
    const dependencies = (list === undefined ? undefined : read.get(list)) ?? noDependencies
    const isEmpty = dependencies.plain === '' && dependencies.tables === ''
    const lock = list === undefined || isEmpty ? undefined : readText(join(dirname(list), 'Cargo.lock'))
    const { plain, tables, edition } = dependencies
    const key = toContentHash([plain, tables, edition, lock ?? ''])
    const draft = drafts.get(key) ?? { functions: [], dependencies, lock, list: isEmpty ? undefined : list }
    draft.functions.push(fn)
    drafts.set(key, draft)
  }
  return drafts
}

function readWorkerTexts(): readonly string[] {
  const files = readNames(join(WORKER_FOLDER, 'src')).map((name) => join(WORKER_FOLDER, 'src', name))
  return [join(WORKER_FOLDER, 'Cargo.toml'), ...files].map((file) => readText(file) ?? '')
}
