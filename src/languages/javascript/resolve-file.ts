import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sourceExtensions } from './source-file.ts'

/** What TypeScript's own output names stand for: `./x.js` is written for x.ts. */
const writtenFor: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.jsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts']
}

const triedExtensions = [...sourceExtensions, '.json']

export function isPathSpecifier(specifier: string): boolean {
  return /^(\.{1,2}(\/|$)|\/|file:)/.test(specifier)
}

/** The absolute path a relative, absolute or file: specifier points at, before any extension is tried. */
export function toBasePath(specifier: string, fromDir: string): string {
  if (specifier.startsWith('file:')) return fileURLToPath(specifier)
  const path = resolve(fromDir, specifier)
  return specifier.endsWith('/') ? `${path}/` : path
}

/**
 * Finds the file a relative specifier of `importer` means. Beside a symbolic link the link's own folder is asked
 * first, then the folder of the file it leads to (Node asks only the latter).
 */
export function resolveRelative(specifier: string, importer: string): string | undefined {
  const dir = dirname(importer)
  const found = resolveFile(toBasePath(specifier, dir))
  if (found !== undefined) return found
  const realDir = dirname(readRealPath(importer))
  return realDir === dir ? undefined : resolveFile(toBasePath(specifier, realDir))
}

/** `base` as it stands, then TypeScript's meaning of its name, then with an extension, then as a folder. */
export function resolveFile(base: string): string | undefined {
  if (base.endsWith('/')) return resolveFolder(base)
  if (isFile(base)) return base
  for (const [written, meant] of Object.entries(writtenFor)) {
    if (!base.endsWith(written)) continue
    const found = findFile(base.slice(0, -written.length), meant)
    if (found !== undefined) return found
  }
  return findFile(base, triedExtensions) ?? resolveFolder(base)
}

export function readRealPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function resolveFolder(dir: string): string | undefined {
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return undefined
  const main = readMain(dir)
  const found =
    main === undefined || resolve(dir, main) === resolve(dir) ? undefined : resolveFile(resolve(dir, main))
  return found ?? findFile(join(dir, 'index'), triedExtensions)
}

function readMain(dir: string): string | undefined {
  try {
    const data: unknown = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
    const isNamed =
      typeof data === 'object' && data !== null && 'main' in data && typeof data.main === 'string'
    return isNamed ? String(data.main) : undefined
  } catch {
    return undefined
  }
}

function findFile(base: string, extensions: readonly string[]): string | undefined {
  const extension = extensions.find((candidate) => isFile(base + candidate))
  return extension === undefined ? undefined : base + extension
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}
