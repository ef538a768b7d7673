import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { platform, readNames, readText, readTree, toContentHash } from '../compiled/content-hash.ts'
import type { SourceGroup } from '../compiled/compiler.ts'
import type { WorkerFunction } from '../language.ts'
import { findNearestFile } from '../workers/nearest-file.ts'
import type { PrepareContext } from '../workers/spec.ts'
import { type GoPackage, readPackage } from './source.ts'

/** Folder of the program that all handlers are compiled into. */
const WORKER_FOLDER = fileURLToPath(new URL('../../../workers/go/', import.meta.url))

/** Functions with the same nearest go.mod: they are compiled inside of that module. */
export interface GoGroup extends SourceGroup {
  /** Absolute path of go.mod; undefined: only the standard library. */
  readonly goMod: string | undefined
  readonly packages: readonly GoPackage[]
}

export function readGoGroups(
  functions: readonly WorkerFunction[],
  { dir }: PrepareContext
): readonly GoGroup[] {
  const byGoMod = new Map<string | undefined, WorkerFunction[]>()
  const search = { names: ['go.mod'], dir, seen: new Map<string, string | undefined>() }
  for (const fn of functions) {
    const goMod = findNearestFile(fn.file, search)
    byGoMod.set(goMod, [...(byGoMod.get(goMod) ?? []), fn])
  }
  const workerTexts = readWorkerFiles().map((file) => readText(file) ?? '')
  return [...byGoMod].map(([goMod, members]) => {
    const packages = members.map((fn) => readPackage(fn, dir))
    const texts = packages.flatMap(({ fn, handlers, files }) => [
      fn.name,
      handlers.join(' '),
      ...files.flatMap(({ name, text }) => [name, text])
    ])
    const hash = toContentHash([platform, ...workerTexts, ...texts, ...readModule(goMod)])
    const dependencyList = goMod === undefined ? undefined : relative(dir, goMod)
    return { functions: members, packages, goMod, hash, dependencyList }
  })
}

/** Absolute paths of the worker's own sources. */
export function readWorkerFiles(): readonly string[] {
  return readNames(WORKER_FOLDER)
    .filter((name) => name.endsWith('.go') && !name.endsWith('_test.go'))
    .map((name) => join(WORKER_FOLDER, name))
}

/** What handlers may import from their own module. */
function readModule(goMod: string | undefined): readonly string[] {
  if (goMod === undefined) return []
  const isSource = (name: string): boolean => name.endsWith('.go') || /^go\.(mod|sum)$/.test(name)
  return readTree(dirname(goMod), isSource).flatMap((file) => [
    file.slice(dirname(goMod).length),
    readText(file) ?? ''
  ])
}
