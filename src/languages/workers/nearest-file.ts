import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The nearest of `names` in the folder of `file` or one above it, up to and including `dir`; in one folder the first
 * name wins. `seen` keeps what each folder gave, so that many files cost one look per folder.
 */
export function findNearestFile(
  file: string,
  names: readonly string[],
  dir: string,
  seen: Map<string, string | undefined> = new Map()
): string | undefined {
  const folder = dirname(file)
  if (seen.has(folder)) return seen.get(folder)
  const here = names.map((name) => join(folder, name)).find((path) => existsSync(path))
  const isTop = folder === dir || dirname(folder) === folder
  const found = here ?? (isTop ? undefined : findNearestFile(folder, names, dir, seen))
  seen.set(folder, found)
  return found
}
