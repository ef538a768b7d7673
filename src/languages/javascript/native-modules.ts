import Module, { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { PackageFolders } from './package-folders.ts'
import type { PackageScopes } from './package-scope.ts'

/** What Node itself loads: its own modules and packages. */
export interface NativeModules {
  /** Throws what Node throws when there is none. `fromDir` is the absolute folder of the importer. */
  resolve(specifier: string, fromDir: string): NativeResolution
  /** Loads ahead what only `import()` can load, so that `require` can give it at once. Never fails. */
  prepare(specifier: string, fromDir: string): Promise<void>
  require(specifier: string, fromDir: string): unknown
  import(specifier: string, fromDir: string): Promise<unknown>
  /** `specifier`: what will be asked of it, which may lie elsewhere. */
  requireFrom(dir: string, specifier?: string): NodeJS.Require
}

export interface NativeResolution {
  /** Absolute; undefined for a package that says where it is only to `import`. */
  readonly file: string | undefined
  readonly format: 'commonjs' | 'module'
}

type Import = (specifier: string) => Promise<unknown>

interface Folder {
  readonly require: NodeJS.Require
  readonly import: Import
}

export function createNativeModules(scopes: PackageScopes, packages: PackageFolders): NativeModules {
  const folders = new Map<string, Folder>()
  const prepared = new Map<string, Promise<Settled>>()
  const settled = new Map<string, Settled>()

  const folder = (dir: string): Folder => {
    const known = folders.get(dir)
    if (known) return known
    const file = join(dir, 'module.cjs')
    let load: Import | undefined
    const created: Folder = {
      require: createRequire(pathToFileURL(file)),
      import: (specifier) => (load ??= createImport(file))(specifier)
    }
    folders.set(dir, created)
    return created
  }
  /** From where Node finds it: its packages may be installed elsewhere than beside it. */
  const locate = (specifier: string, fromDir: string): string => {
    const installed = packages.find(specifier, fromDir)
    if (installed === undefined) return fromDir
    const isOwn = specifier.startsWith('#') && canResolve(specifier, folder(fromDir).require)
    return isOwn ? fromDir : installed
  }
  const settle = async (key: string, specifier: string, dir: string): Promise<Settled> => {
    const result = await folder(dir).import(specifier).then(toFulfilled, toRejected)
    settled.set(key, result)
    return result
  }
  return {
    resolve: (specifier, fromDir) =>
      resolveNative(specifier, folder(locate(specifier, fromDir)).require, scopes),
    async prepare(specifier, fromDir) {
      const dir = locate(specifier, fromDir)
      const key = `${dir}\n${specifier}`
      const running = prepared.get(key) ?? settle(key, specifier, dir)
      prepared.set(key, running)
      await running
    },
    require(specifier, fromDir) {
      const dir = locate(specifier, fromDir)
      const result = settled.get(`${dir}\n${specifier}`)
      if (result === undefined) return folder(dir).require(specifier)
      if (result.kind === 'rejected') throw result.error
      return result.exports
    },
    import: (specifier, fromDir) => folder(locate(specifier, fromDir)).import(specifier),
    requireFrom: (dir, specifier) => folder(specifier === undefined ? dir : locate(specifier, dir)).require
  }
}

type Settled =
  | { readonly kind: 'fulfilled'; readonly exports: unknown }
  | { readonly kind: 'rejected'; readonly error: unknown }

function toFulfilled(namespace: unknown): Settled {
  return { kind: 'fulfilled', exports: toRequired(namespace) }
}

function toRejected(error: unknown): Settled {
  return { kind: 'rejected', error }
}

/**
 * `import()` as code in that folder would do it: packages are found from there, with the conditions of `import`.
 * Only code that Node's own loader has compiled may do so: the documented way (vm's USE_MAIN_CONTEXT_DEFAULT_LOADER)
 * prints a warning on Node 20, so this is `_compile`, which Node keeps for the many that use it.
 */
function createImport(file: string): Import {
  const module = new Module(file) as Module & { _compile(code: string, file: string): void }
  module._compile('module.exports = (specifier) => import(specifier)', file)
  return module.exports as Import
}

function resolveNative(specifier: string, require: NodeJS.Require, scopes: PackageScopes): NativeResolution {
  if (specifier.startsWith('data:')) return { file: undefined, format: 'module' }
  let file: string
  try {
    file = require.resolve(specifier)
  } catch (error) {
    if (!isImportOnly(error)) throw error
    return { file: undefined, format: 'module' }
  }
  return { file, format: isModuleFile(file, scopes) ? 'module' : 'commonjs' }
}

function canResolve(specifier: string, require: NodeJS.Require): boolean {
  try {
    require.resolve(specifier)
    return true
  } catch (error) {
    return isImportOnly(error)
  }
}

/** The package has no entry for the condition `require`. */
function isImportOnly(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_PACKAGE_PATH_NOT_EXPORTED'
}

function isModuleFile(file: string, scopes: PackageScopes): boolean {
  const extension = extname(file)
  if (extension === '.mjs') return true
  return extension === '.js' && scopes.readType(dirname(file)) === 'module'
}

/**
 * What `require` of an ES module gives in Node: the export `module.exports` if there is one, else the namespace,
 * marked `__esModule` when it has a default, so that the default is found by whoever imports it.
 */
function toRequired(namespace: unknown): unknown {
  if (typeof namespace !== 'object' || namespace === null) return namespace
  if ('module.exports' in namespace) return namespace['module.exports']
  if (!('default' in namespace) || '__esModule' in namespace) return namespace
  const marked = Object.defineProperty({}, '__esModule', { value: true })
  for (const name of Object.keys(namespace)) {
    Object.defineProperty(marked, name, { get: () => Reflect.get(namespace, name), enumerable: true })
  }
  return marked
}
