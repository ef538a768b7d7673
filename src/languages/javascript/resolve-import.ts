import { isBuiltin } from 'node:module'
import { dirname, join, relative } from 'node:path'
import type { NativeModules } from './native-modules.ts'
import { isPathSpecifier, readRealPath, resolveFile, resolveRelative, toBasePath } from './resolve-file.ts'
import { toSourceLoader } from './source-file.ts'
import type { FolderConfigs } from './tsconfig.ts'

/** What a specifier in a file means. */
export type Resolution =
  | { readonly kind: 'builtin' }
  /** A file we evaluate, or read. */
  | { readonly kind: 'local'; readonly file: string }
  /** A package Node loads. */
  | { readonly kind: 'package'; readonly format: 'commonjs' | 'module' }
  /** `base` is the path that was looked for, where there is one. */
  | { readonly kind: 'missing'; readonly base?: string; readonly cause?: unknown }

export interface ResolverOptions {
  /** Absolute project directory. */
  readonly dir: string
  readonly native: NativeModules
  readonly configs: FolderConfigs
}

export type Resolve = (specifier: string, importer: string) => Resolution

export function createResolver(options: ResolverOptions): Resolve {
  const realDir = readRealPath(options.dir)
  return function resolveImport(specifier, importer) {
    if (isBuiltin(specifier)) return { kind: 'builtin' }
    const dir = dirname(importer)
    if (isPathSpecifier(specifier)) {
      const file = resolveRelative(specifier, importer)
      return file === undefined
        ? { kind: 'missing', base: toBasePath(specifier, dir) }
        : { kind: 'local', file }
    }
    for (const candidate of options.configs.read(dir).matchPaths(specifier)) {
      const file = resolveFile(candidate)
      if (file !== undefined) return { kind: 'local', file }
    }
    return resolveBare(specifier, dir, { ...options, realDir })
  }
}

function resolveBare(
  specifier: string,
  fromDir: string,
  options: ResolverOptions & { realDir: string }
): Resolution {
  try {
    const { file, format } = options.native.resolve(specifier, fromDir)
    if (file === undefined || isNodes(file, options.realDir)) return { kind: 'package', format }
    return { kind: 'local', file: toProjectPath(file, options) }
  } catch (cause) {
    return { kind: 'missing', cause }
  }
}

/**
 * Ours are the project's own files, by `#name` or by its own name, and TypeScript of a linked workspace package,
 * which Node could not read. All else a bare name finds is Node's, so that it is the same module everywhere.
 */
function isNodes(file: string, realDir: string): boolean {
  if (/[\\/]node_modules[\\/]/.test(file)) return true
  const loader = toSourceLoader(file)
  if (loader === undefined) return !file.endsWith('.json')
  const isOutside = relative(realDir, file).startsWith('..')
  return isOutside && (loader === 'js' || loader === 'jsx')
}

/** Node answers with real paths; the tree may have been named by way of a link. */
function toProjectPath(file: string, { dir, realDir }: ResolverOptions & { realDir: string }): string {
  const name = relative(realDir, file)
  return name.startsWith('..') ? file : join(dir, name)
}
