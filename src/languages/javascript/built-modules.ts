import { isAbsolute, join, relative, sep } from 'node:path'
import { readBuiltModule, type BuiltModule } from './built-module.ts'
import type { RecordCompiler, RecordReader } from './module-record.ts'
import type { Resolution, Resolve } from './resolve-import.ts'

export interface BuiltModulesOptions {
  /** Absolute project directory. */
  readonly dir: string
  /** Absolute folder of the built modules. */
  readonly modulesDir: string
  readonly compile: RecordCompiler
}

/** The modules of a build in front of those on disk: what was built is neither transformed nor looked up again. */
export interface BuiltModules {
  /** `next` reads what was not built. */
  toReader(next: RecordReader): RecordReader
  toResolve(next: Resolve): Resolve
}

export function createBuiltModules({ dir, modulesDir, compile }: BuiltModulesOptions): BuiltModules {
  const imports = new Map<string, BuiltModule['imports']>()

  function read(file: string): ReturnType<RecordCompiler> | undefined {
    const name = relative(dir, file)
    if (name.startsWith('..') || isAbsolute(name)) return undefined
    const built = readBuiltModule(modulesDir, name.split(sep).join('/'))
    if (!built) return undefined
    imports.set(file, built.imports)
    return compile(file, built.code)
  }
  function resolve(specifier: string, importer: string): Resolution | undefined {
    const target = imports.get(importer)?.[specifier]
    if (target === undefined) return undefined
    if (target === 'commonjs' || target === 'module') return { kind: 'package', format: target }
    return { kind: 'local', file: join(dir, target) }
  }
  return {
    toReader: (next) => ({
      read: async (file) => read(file) ?? (await next.read(file)),
      readSync: (file) => read(file) ?? next.readSync(file)
    }),
    toResolve: (next) =>
      function resolveBuilt(specifier, importer) {
        return resolve(specifier, importer) ?? next(specifier, importer)
      }
  }
}
