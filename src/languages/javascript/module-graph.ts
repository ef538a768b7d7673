/** Which local file imports which. Knows nothing of what is in them. */
export interface ModuleGraph {
  /** `importer` imports `file`. */
  add(importer: string, file: string): void
  /** `importer` imports something that is not there: `base` is its absolute path without an extension. */
  addMissing(importer: string, base: string): void
  /** The files and all that import them, directly or not, and those that miss one of them. */
  listAffected(files: readonly string[]): readonly string[]
  /** All local files that `file` imports, directly or not; without itself. */
  listDependencies(file: string): readonly string[]
  /** The files that import `file` themselves. */
  listImporters(file: string): readonly string[]
  /** Forgets what the file imports; who imports it stays known. */
  remove(file: string): void
  clear(): void
}

export function createModuleGraph(): ModuleGraph {
  const imports = new Map<string, Set<string>>()
  const importers = new Map<string, Set<string>>()
  const missing = new Map<string, Set<string>>()

  function listMissing(file: string): string[] {
    const found: string[] = []
    for (const [importer, bases] of missing) {
      if ([...bases].some((base) => isNameOf(file, base))) found.push(importer)
    }
    return found
  }

  return {
    add(importer, file) {
      toSet(imports, importer).add(file)
      toSet(importers, file).add(importer)
    },
    addMissing(importer, base) {
      toSet(missing, importer).add(base)
    },
    listAffected(files) {
      return walk(files, (file) => [
        ...(importers.get(file) ?? []),
        ...(missing.size > 0 ? listMissing(file) : [])
      ])
    },
    listDependencies(file) {
      return walk([file], (next) => imports.get(next) ?? []).filter((found) => found !== file)
    },
    listImporters: (file) => [...(importers.get(file) ?? [])],
    remove(file) {
      for (const imported of imports.get(file) ?? []) {
        const users = importers.get(imported)
        users?.delete(file)
        if (users?.size === 0) importers.delete(imported)
      }
      imports.delete(file)
      missing.delete(file)
    },
    clear() {
      imports.clear()
      importers.clear()
      missing.clear()
    }
  }
}

function toSet(sets: Map<string, Set<string>>, key: string): Set<string> {
  const known = sets.get(key)
  if (known) return known
  const created = new Set<string>()
  sets.set(key, created)
  return created
}

/** `./x` may become x, x.ts or x/index.ts; `./x.js` may become x.ts. */
function isNameOf(file: string, base: string): boolean {
  const stem = base.replace(/\.[cm]?jsx?$/, '')
  return file === base || file.startsWith(`${stem}.`) || file.startsWith(`${stem.replace(/\/$/, '')}/`)
}

function walk(start: readonly string[], next: (file: string) => Iterable<string>): string[] {
  const seen = new Set(start)
  for (const file of seen) for (const found of next(file)) seen.add(found)
  return [...seen]
}
