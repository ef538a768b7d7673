import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Search {
  /** In one folder the first of them wins. */
  readonly names: readonly string[]
  /** Absolute folder where the search ends, itself included. */
  readonly dir: string
  /** What each folder gave, so that many files cost one look per folder: one map for one search. */
  readonly seen: Map<string, string | undefined>
}

/** The nearest of `names` in the folder of `file` or one above it. Absolute. */
export function findNearestFile(file: string, search: Search): string | undefined {
  const { names, dir, seen } = search
  const folder = dirname(file)
  if (seen.has(folder)) return seen.get(folder)
  const here = names.map((name) => join(folder, name)).find((path) => existsSync(path))
  const isTop = folder === dir || dirname(folder) === folder
  const found = here ?? (isTop ? undefined : findNearestFile(folder, search))
  seen.set(folder, found)
  return found
}
