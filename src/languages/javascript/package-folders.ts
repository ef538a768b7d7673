import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where the packages of a folder's package.json were installed: both absolute. */
export type InstalledPackages = ReadonlyMap<string, string>

/** Packages that lie elsewhere than Node looks for them. */
export interface PackageFolders {
  /** From here on these hold. Lists the folders for which others held before. */
  use(installed: InstalledPackages): readonly string[]
  /**
   * The folder from which Node finds the package, where that is another than `fromDir` (absolute). For a `#name`, the
   * nearest: whose package.json it is in, Node finds out.
   */
  find(specifier: string, fromDir: string): string | undefined
}

/** What is installed for a folder counts as if it were in a node_modules there; a node_modules there comes first. */
export function createPackageFolders(): PackageFolders {
  let installed: InstalledPackages = new Map()
  const found = new Map<string, string | undefined>()

  function isIn(folder: string | undefined, name: string): boolean {
    return folder !== undefined && existsSync(join(folder, 'node_modules', name))
  }

  function look(name: string, fromDir: string): string | undefined {
    for (const folder of listFoldersUp(fromDir)) {
      const own = installed.get(folder)
      if (isIn(folder, name)) return undefined
      if (isIn(own, name)) return own
    }
    return undefined
  }

  return {
    use(next) {
      const folders = new Set([...installed.keys(), ...next.keys()])
      const changed = [...folders].filter((folder) => installed.get(folder) !== next.get(folder))
      installed = next
      found.clear()
      return changed
    },
    find(specifier, fromDir) {
      if (installed.size === 0) return undefined
      if (specifier.startsWith('#'))
        return listFoldersUp(fromDir)
          .map((folder) => installed.get(folder))
          .find((own) => own !== undefined)
      const name = toPackageName(specifier)
      if (name === undefined) return undefined
      const key = `${name}\n${fromDir}`
      if (!found.has(key)) found.set(key, look(name, fromDir))
      return found.get(key)
    }
  }
}

/** `folder` and all above it. */
export function listFoldersUp(folder: string): string[] {
  const folders = [folder]
  for (let at = folder; dirname(at) !== at; at = dirname(at)) folders.push(dirname(at))
  return folders
}

/** `@a/b` of `@a/b/c`. Undefined for what is no name of a package. */
function toPackageName(specifier: string): string | undefined {
  return /^(?:@[^/]+\/)?[^/#.:][^/:]*(?=\/|$)/.exec(specifier)?.[0]
}
