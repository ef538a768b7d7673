import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The `type` of the nearest package.json, as Node reads it. */
export interface PackageScopes {
  /** `dir` is absolute. */
  readType(dir: string): 'module' | 'commonjs'
  forget(): void
}

export function createPackageScopes(): PackageScopes {
  const types = new Map<string, 'module' | 'commonjs'>()
  function readType(dir: string): 'module' | 'commonjs' {
    const known = types.get(dir)
    if (known) return known
    const parent = dirname(dir)
    const type = readOwnType(dir) ?? (parent === dir ? 'commonjs' : readType(parent))
    types.set(dir, type)
    return type
  }
  return { readType, forget: () => types.clear() }
}

/** Undefined when the folder has no package.json: then the one above counts. */
function readOwnType(dir: string): 'module' | 'commonjs' | undefined {
  let text: string
  try {
    text = readFileSync(join(dir, 'package.json'), 'utf8')
  } catch {
    return undefined
  }
  try {
    const data: unknown = JSON.parse(text)
    const isModule = typeof data === 'object' && data !== null && 'type' in data && data.type === 'module'
    return isModule ? 'module' : 'commonjs'
  } catch {
    return 'commonjs'
  }
}
