import { isBuiltin } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { TreewayError } from '../../errors.ts'
import type { ModuleBody, ModuleScope } from './compile-module.ts'
import { MissingModuleError } from './load-error.ts'
import type { BinaryRecord, CodeRecord, ModuleGlobals } from './module-record.ts'
import type { ModuleRecords } from './module-records.ts'
import { toImported, toNamespace, toProcessNamespace } from './module-interop.ts'
import type { NativeModules } from './native-modules.ts'
import type { PackageScopes } from './package-scope.ts'
import { isModuleByName } from './source-file.ts'

/** Runs prepared modules, each once, and keeps what they export. */
export interface ModuleEvaluator {
  load(file: string): Promise<unknown>
  drop(file: string): void
}

export interface ModuleEvaluatorOptions {
  readonly native: NativeModules
  readonly scopes: PackageScopes
  readonly records: ModuleRecords
  readonly globalsFor: (file: string) => ModuleGlobals | undefined
}

/** The `module` of CommonJS. */
interface Module {
  exports: unknown
  readonly id: string
  readonly filename: string
  readonly path: string
  loaded: boolean
  readonly children: readonly unknown[]
  readonly paths: readonly string[]
  readonly require: (specifier: string) => unknown
}

export function createModuleEvaluator(options: ModuleEvaluatorOptions): ModuleEvaluator {
  return new Evaluator(options)
}

class Evaluator implements ModuleEvaluator {
  readonly #options: ModuleEvaluatorOptions
  readonly #modules = new Map<string, Module>()
  /** Modules with a top-level await: running, or done. */
  readonly #running = new Map<string, Promise<unknown>>()

  constructor(options: ModuleEvaluatorOptions) {
    this.#options = options
  }

  async load(file: string): Promise<unknown> {
    const { records } = this.#options
    await records.prepare(file)
    for (const record of records.listAwaiting(file)) await this.#runAwaiting(record)
    return this.#require(file)
  }

  drop(file: string): void {
    this.#modules.delete(file)
    this.#running.delete(file)
  }

  #require(file: string): unknown {
    const known = this.#modules.get(file)
    if (known) return known.exports
    const record = this.#options.records.get(file)
    if (record.kind === 'broken') throw record.error
    if (record.kind === 'text') return record.text
    if (record.kind === 'code') return this.#run(record)
    const value: unknown = record.kind === 'binary' ? toBinaryValue(record) : JSON.parse(record.text)
    const module = this.#createModule(file)
    module.exports = value
    return value
  }

  #run(record: CodeRecord): unknown {
    if (record.awaiting) throw createAwaitError(record.file)
    const { module, exports, body } = this.#bind(record)
    try {
      body.call(exports)
    } catch (error) {
      this.#forget(module)
      throw error
    }
    finish(module, exports)
    return module.exports
  }

  #runAwaiting(record: CodeRecord): Promise<unknown> {
    const running = this.#running.get(record.file) ?? this.#startAwaiting(record)
    this.#running.set(record.file, running)
    return running
  }

  async #startAwaiting(record: CodeRecord): Promise<unknown> {
    const { module, exports, body } = this.#bind(record)
    try {
      await body.call(exports)
    } catch (error) {
      this.#forget(module)
      this.#running.delete(record.file)
      throw error
    }
    finish(module, exports)
    return module.exports
  }

  #bind(record: CodeRecord): { module: Module; exports: object; body: ModuleBody } {
    const module = this.#createModule(record.file)
    const exports = {}
    module.exports = exports
    return { module, exports, body: record.bind(this.#createScope(module)) }
  }

  #createModule(file: string): Module {
    const module: Module = {
      exports: {},
      id: file,
      filename: file,
      path: dirname(file),
      loaded: false,
      children: [],
      paths: [],
      require: this.#createRequire(file)
    }
    this.#modules.set(file, module)
    return module
  }

  /** A module that was dropped while it ran may have a successor by now. */
  #forget(module: Module): void {
    if (this.#modules.get(module.filename) === module) this.#modules.delete(module.filename)
  }

  #createScope(module: Module): ModuleScope {
    const file = module.filename
    return {
      exports: module.exports,
      require: module.require,
      module,
      __filename: file,
      __dirname: module.path,
      $meta: this.#createMeta(file),
      $load$: (specifier: unknown) => this.#importFrom(file, String(specifier)),
      $import$: (specifier: string) => this.#importStatically(file, specifier),
      $export: (namespace: object) => {
        module.exports = Object.defineProperty(namespace, '__esModule', { value: true })
      }
    }
  }

  #createMeta(file: string): object {
    const url = pathToFileURL(file).href
    const resolve = (specifier: string): string => {
      const found = this.#resolve(file, specifier)
      if (isBuiltin(found)) return found.startsWith('node:') ? found : `node:${found}`
      return pathToFileURL(found).href
    }
    return { url, filename: file, dirname: dirname(file), main: false, resolve }
  }

  #createRequire(file: string): NodeJS.Require {
    const native = this.#options.native.requireFrom(dirname(file))
    const require = (specifier: string): unknown => this.#requireFrom(file, specifier)
    const resolve = (specifier: string, options?: { paths?: string[] }): string =>
      options?.paths ? native.resolve(specifier, options) : this.#resolve(file, specifier)
    return Object.assign(require, {
      resolve: Object.assign(resolve, { paths: native.resolve.paths }),
      cache: native.cache,
      extensions: native.extensions,
      main: native.main
    })
  }

  #resolve(importer: string, specifier: string): string {
    const resolution = this.#options.records.resolve(specifier, importer)
    if (resolution.kind === 'local') return resolution.file
    if (resolution.kind === 'builtin') return specifier
    if (resolution.kind === 'missing')
      throw new MissingModuleError(specifier, importer, { cause: resolution.cause })
    return this.#options.native.requireFrom(dirname(importer), specifier).resolve(specifier)
  }

  #requireFrom(importer: string, specifier: string): unknown {
    const { native, records } = this.#options
    const resolution = records.resolve(specifier, importer)
    switch (resolution.kind) {
      case 'local':
        return this.#require(resolution.file)
      case 'builtin':
        return this.#toOwnProcess(importer, specifier) ?? native.require(specifier, dirname(importer))
      case 'package':
        return native.require(specifier, dirname(importer))
      default:
        throw new MissingModuleError(specifier, importer, { cause: resolution.cause })
    }
  }

  /** For `import x from`: see toImported. */
  #importStatically(importer: string, specifier: string): unknown {
    const value = this.#requireFrom(importer, specifier)
    const { scopes, records } = this.#options
    const resolution = records.resolve(specifier, importer)
    if (resolution.kind !== 'package' || resolution.format === 'module') return value
    const isNodeModule = isModuleByName(importer) || scopes.readType(dirname(importer)) === 'module'
    return isNodeModule ? toImported(value) : value
  }

  async #importFrom(importer: string, specifier: string): Promise<unknown> {
    const { native, records } = this.#options
    const resolution = records.resolve(specifier, importer)
    switch (resolution.kind) {
      case 'local':
        return toNamespace(await this.load(resolution.file))
      case 'builtin': {
        const own = this.#toOwnProcess(importer, specifier)
        return own ? toProcessNamespace(own) : await native.import(specifier, dirname(importer))
      }
      case 'package':
        return await native.import(specifier, dirname(importer))
      default:
        throw new MissingModuleError(specifier, importer, { dynamic: true, cause: resolution.cause })
    }
  }

  #toOwnProcess(importer: string, specifier: string): NodeJS.Process | undefined {
    if (specifier !== 'process' && specifier !== 'node:process') return undefined
    return this.#options.globalsFor(importer)?.process
  }
}

/** A file that has `export` and `exports.x =` both: the latter went to an object that was replaced. */
function finish(module: Module, first: object): void {
  module.loaded = true
  const { exports } = module
  if (exports === first || typeof exports !== 'object' || exports === null) return
  if (!('__esModule' in exports)) return
  for (const [name, value] of Object.entries(first)) {
    if (!(name in exports)) Object.defineProperty(exports, name, { value, enumerable: true })
  }
}

/** Nobody could foresee this `require`, so the module has not run yet, and to run it takes time. */
function toBinaryValue({ file, bytes }: BinaryRecord): WebAssembly.Module | ArrayBuffer {
  return file.endsWith('.wasm') ? new WebAssembly.Module(bytes) : bytes.buffer
}

function createAwaitError(file: string): TreewayError {
  return new TreewayError(
    'TREEWAY_LOAD_FAILED',
    `${file} has a top-level await, so it can not be required here`,
    {
      fix: 'Name it in an import statement, or load it with await import().'
    }
  )
}
