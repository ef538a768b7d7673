import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { init } from 'es-module-lexer'
import { TreewayError } from '../../errors.ts'
import {
  compileModule,
  enableSourceMaps,
  scopeNames,
  type ModuleBody,
  type ModuleScope
} from './compile-module.ts'
import type { EsbuildService } from './esbuild-service.ts'
import { listDynamicImportSpecifiers, listRequires } from './module-code.ts'
import { isBinaryFile, isTextFile, toShownName, toSourceLoader } from './source-file.ts'
import { createSyntaxError, createSyntaxProblem, type Position } from './syntax-problem.ts'
import type { TransformCache } from './transform-cache.ts'
import { toPlainCode, transformSource, transformSourceSync } from './transform-source.ts'
import { type ModuleCode, type SourceInput } from './transformed-module.ts'
import type { FolderConfigs } from './tsconfig.ts'

/** A file that is read and compiled, but not yet run. */
export type ModuleRecord =
  | CodeRecord
  | { readonly kind: 'json' | 'text'; readonly file: string; readonly text: string }
  | BinaryRecord
  /** It does not parse; whoever imports it gets this error. */
  | { readonly kind: 'broken'; readonly file: string; readonly error: TreewayError }

export interface BinaryRecord {
  readonly kind: 'binary'
  readonly file: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

export interface CodeRecord {
  readonly kind: 'code'
  readonly file: string
  readonly awaiting: boolean
  /** Specifiers it imports when it runs, as far as they can be seen. */
  readonly requires: readonly string[]
  /** Specifiers it may `import()` later. */
  readonly dynamicImports: readonly string[]
  bind(scope: ModuleScope): ModuleBody
}

/** What a file's code sees in place of the globals of the same name. */
export interface ModuleGlobals {
  readonly process?: NodeJS.Process | undefined
  readonly Response?: typeof Response | undefined
}

export interface RecordReaderOptions {
  /** Absolute project directory. */
  readonly dir: string
  readonly cache: TransformCache
  readonly configs: FolderConfigs
  readonly esbuild: EsbuildService
  readonly globalsFor: (file: string) => ModuleGlobals | undefined
}

export interface RecordReader {
  /** Rejects only when the file can not be read: what does not parse is a record of its own. */
  read(file: string): Promise<ModuleRecord>
  readSync(file: string): ModuleRecord
}

/** Throws SyntaxError. */
export type RecordCompiler = (file: string, code: ModuleCode) => CodeRecord

export function createRecordCompiler(globalsFor: RecordReaderOptions['globalsFor']): RecordCompiler {
  let hasSourceMaps = false
  return function compile(file, code) {
    if (code.map && !hasSourceMaps) {
      enableSourceMaps()
      hasSourceMaps = true
    }
    return {
      kind: 'code',
      file,
      awaiting: code.awaiting,
      requires: listRequires(code.code),
      dynamicImports: listDynamicImportSpecifiers(code.code),
      bind: bindGlobals(file, code, globalsFor)
    }
  }
}

export function createRecordReader(options: RecordReaderOptions): RecordReader {
  const { cache, configs, esbuild } = options
  const compileFile = createRecordCompiler(options.globalsFor)
  const compile = (input: SourceInput, code: ModuleCode): CodeRecord => compileFile(input.file, code)

  function keep(input: SourceInput, code: ModuleCode): CodeRecord {
    const record = compile(input, code)
    cache.write(input, code)
    return record
  }
  /** What needs no transform, or has been transformed before. */
  function readReady(input: SourceInput): CodeRecord | undefined {
    const plain = toPlainCode(input.file, input.source)
    if (!plain) return compileCached(input)
    try {
      return compile(input, plain)
    } catch {
      // Either a syntax error, which esbuild explains better, or syntax that is too new for this Node.
      return compileCached(input)
    }
  }
  function compileCached(input: SourceInput): CodeRecord | undefined {
    const cached = cache.read(input)
    return cached && compile(input, cached)
  }
  function readInput(file: string): SourceInput {
    const source = readFileSync(file, 'utf8')
    return { file, source, dir: options.dir, tsconfigRaw: configs.read(dirname(file)).tsconfigRaw }
  }

  return {
    async read(file) {
      if (!toSourceLoader(file)) return readData(file, options.dir)
      await init()
      const input = readInput(file)
      try {
        return readReady(input) ?? keep(input, await transformSource(input, esbuild))
      } catch (error) {
        return toBrokenRecord(input, error)
      }
    },
    readSync(file) {
      if (!toSourceLoader(file)) return readData(file, options.dir)
      const input = readInput(file)
      try {
        return readReady(input) ?? keep(input, transformSourceSync(input, esbuild))
      } catch (error) {
        return toBrokenRecord(input, error)
      }
    }
  }
}

/** Only globals that are given become names of the scope: the others stay what they are. */
function bindGlobals(
  file: string,
  code: ModuleCode,
  globalsFor: RecordReaderOptions['globalsFor']
): CodeRecord['bind'] {
  const given = Object.entries(globalsFor(file) ?? {}).filter(([, value]) => value !== undefined)
  const bind = compileModule(file, code, [...scopeNames, ...given.map(([name]) => name)])
  return (scope) => bind({ ...scope, ...globalsFor(file) })
}

function readData(file: string, dir: string): ModuleRecord {
  if (isTextFile(file)) return { kind: 'text', file, text: readFileSync(file, 'utf8') }
  if (isBinaryFile(file)) return { kind: 'binary', file, bytes: new Uint8Array(readFileSync(file)) }
  if (!file.endsWith('.json')) {
    const message = `${toShownName(file, dir)} can not be imported: it is neither code nor JSON nor text nor WebAssembly`
    throw new TreewayError('TREEWAY_LOAD_FAILED', message)
  }
  const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  try {
    JSON.parse(text)
    return { kind: 'json', file, text }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const problem = createSyntaxProblem({ file, source: text, dir }, reason, findJsonPosition(text, reason))
    return { kind: 'broken', file, error: createSyntaxError([problem], error) }
  }
}

/** V8 says "at position 17" for most faults, and nothing for text that ends too early. */
function findJsonPosition(text: string, reason: string): Position | undefined {
  const offset = /at position (\d+)/.exec(reason)?.[1]
  const before = offset === undefined ? text.trimEnd() : text.slice(0, Number(offset))
  const lines = before.split('\n')
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}

function toBrokenRecord(input: SourceInput, error: unknown): ModuleRecord {
  if (error instanceof TreewayError) return { kind: 'broken', file: input.file, error }
  // esbuild had no complaint, V8 has: a fault only it knows.
  if (!(error instanceof SyntaxError)) throw error
  const problem = createSyntaxProblem(input, error.message)
  return { kind: 'broken', file: input.file, error: createSyntaxError([problem], error) }
}
