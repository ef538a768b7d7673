import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, relative } from 'node:path'

/**
 * Every package.json in the folders of the files (absolute) and those above, with the files it holds for. That of `dir`,
 * the project's directory, is left out: its packages are there because Treeway is.
 */
export function listPackageFiles(
  dir: string,
  files: Iterable<string>
): ReadonlyMap<string, readonly string[]> {
  const seen = new Map<string, readonly string[]>()
  const users = new Map<string, string[]>()

  function find(folder: string): readonly string[] {
    const known = seen.get(folder)
    if (known) return known
    if (!isBelow(dir, folder)) return []
    const own = join(folder, 'package.json')
    const above = find(dirname(folder))
    const found = existsSync(own) ? [...above, own] : above
    seen.set(folder, found)
    return found
  }

  for (const file of files) {
    for (const list of find(dirname(file))) {
      const ofList = users.get(list)
      if (ofList) ofList.push(file)
      else users.set(list, [file])
    }
  }
  return users
}

function isBelow(dir: string, folder: string): boolean {
  const name = relative(dir, folder)
  return name !== '' && !name.startsWith('..') && !isAbsolute(name)
}
