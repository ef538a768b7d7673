import { readFileStamp } from '../../files/file-stamp.ts'
import type { FileStamp } from '../../files/file-stamp.ts'
import type { ModuleGraph } from './module-graph.ts'
import type { CodeRecord, ModuleRecord, RecordReader } from './module-record.ts'
import type { NativeModules } from './native-modules.ts'
import type { Resolution, Resolve } from './resolve-import.ts'
import { dirname } from 'node:path'

/** The files that have been read and compiled, and everything they import made ready before any of it runs. */
export interface ModuleRecords {
  /**
   * Reads the file and all it imports, in parallel, and has Node load the packages that only `import()` can load.
   * Rejects when `file` itself can not be read.
   */
  prepare(file: string): Promise<void>
  /** The record, read now if it has not been prepared. Throws when the file can not be read. */
  get(file: string): ModuleRecord
  /** Modules with a top-level await among what `file` imports and itself, in the order they must run. */
  listAwaiting(file: string): readonly CodeRecord[]
  /** What a specifier in `importer` means; asked once. */
  resolve(specifier: string, importer: string): Resolution
  has(file: string): boolean
  /** What was read is what the file holds; false where that is not sure. */
  isCurrent(file: string): boolean
  listKnown(): readonly string[]
  /** The file has changed, or gone. */
  drop(file: string): void
  /** The file is as it was, but what it imports is not. */
  unlink(file: string): void
}

export interface ModuleRecordsOptions {
  readonly graph: ModuleGraph
  readonly native: NativeModules
  readonly resolve: Resolve
  readonly reader: RecordReader
}

export function createModuleRecords(options: ModuleRecordsOptions): ModuleRecords {
  return new Records(options)
}

class Records implements ModuleRecords {
  readonly #options: ModuleRecordsOptions
  /** Every file that was asked for, also those that could not be read. */
  readonly #known = new Set<string>()
  readonly #records = new Map<string, ModuleRecord>()
  readonly #reading = new Map<string, Promise<ModuleRecord>>()
  readonly #resolutions = new Map<string, Map<string, Resolution>>()
  /** Files whose imports are all prepared, so that the next load need not walk them again. */
  readonly #ready = new Set<string>()
  readonly #awaiting = new Set<string>()
  /** Of each file as it was right before it was read. */
  readonly #stamps = new Map<string, FileStamp | undefined>()

  constructor(options: ModuleRecordsOptions) {
    this.#options = options
  }

  async prepare(file: string): Promise<void> {
    if (this.#ready.has(file)) return
    const seen = new Set<string>()
    await this.#visit(file, seen)
    for (const visited of seen) if (this.#records.has(visited)) this.#ready.add(visited)
  }

  get(file: string): ModuleRecord {
    const known = this.#records.get(file)
    if (known) return known
    this.#note(file)
    return this.#keep(this.#options.reader.readSync(file))
  }

  listAwaiting(file: string): CodeRecord[] {
    if (this.#awaiting.size === 0) return []
    const seen = new Set<string>()
    const found: CodeRecord[] = []
    const visit = (next: string): void => {
      if (seen.has(next)) return
      seen.add(next)
      const record = this.#records.get(next)
      if (record?.kind !== 'code') return
      for (const imported of this.#listLocal(record)) visit(imported)
      if (record.awaiting) found.push(record)
    }
    visit(file)
    return found
  }

  resolve(specifier: string, importer: string): Resolution {
    const known = this.#resolutions.get(importer) ?? new Map<string, Resolution>()
    this.#resolutions.set(importer, known)
    const found = known.get(specifier)
    if (found) return found
    const resolution = this.#options.resolve(specifier, importer)
    // What is missing may be there at the next try.
    if (resolution.kind !== 'missing') known.set(specifier, resolution)
    if (resolution.kind === 'local') this.#options.graph.add(importer, resolution.file)
    if (resolution.kind === 'missing' && resolution.base !== undefined) {
      this.#options.graph.addMissing(importer, resolution.base)
    }
    return resolution
  }

  has(file: string): boolean {
    return this.#known.has(file)
  }

  isCurrent(file: string): boolean {
    const stamp = this.#stamps.get(file)
    return stamp !== undefined && !stamp.isFresh && readFileStamp(file)?.text === stamp.text
  }

  listKnown(): string[] {
    return [...this.#known]
  }

  drop(file: string): void {
    this.unlink(file)
    this.#known.delete(file)
    this.#stamps.delete(file)
    this.#records.delete(file)
    this.#reading.delete(file)
    this.#awaiting.delete(file)
  }

  unlink(file: string): void {
    this.#resolutions.delete(file)
    this.#ready.delete(file)
    this.#options.graph.remove(file)
  }

  #note(file: string): void {
    this.#known.add(file)
    this.#stamps.set(file, readFileStamp(file))
  }

  async #visit(file: string, seen: Set<string>): Promise<void> {
    if (seen.has(file) || this.#ready.has(file)) return
    seen.add(file)
    const record = await this.#read(file)
    if (record.kind !== 'code') return
    for (const specifier of record.dynamicImports) this.resolve(specifier, file)
    // An import that can not be read fails when it is reached, where the module that needs it can catch it.
    const imports = this.#listLocal(record).map((imported) =>
      this.#visit(imported, seen).catch(() => undefined)
    )
    await Promise.all([...imports, ...this.#preparePackages(record)])
  }

  #listLocal(record: CodeRecord): string[] {
    const resolutions = record.requires.map((specifier) => this.resolve(specifier, record.file))
    return resolutions.flatMap((resolution) => (resolution.kind === 'local' ? [resolution.file] : []))
  }

  #preparePackages(record: CodeRecord): Promise<void>[] {
    const isModule = (specifier: string): boolean => {
      const resolution = this.resolve(specifier, record.file)
      return resolution.kind === 'package' && resolution.format === 'module'
    }
    const dir = dirname(record.file)
    return record.requires.filter(isModule).map((specifier) => this.#options.native.prepare(specifier, dir))
  }

  async #read(file: string): Promise<ModuleRecord> {
    const known = this.#records.get(file)
    if (known) return known
    const running = this.#reading.get(file)
    if (running) return await running
    this.#note(file)
    const reading = this.#options.reader.read(file)
    this.#reading.set(file, reading)
    try {
      const record = await reading
      // Dropped while it was read: it may be the text of before the change. Whoever asked then still gets it.
      if (this.#reading.get(file) === reading) this.#keep(record)
      return record
    } finally {
      if (this.#reading.get(file) === reading) this.#reading.delete(file)
    }
  }

  #keep(record: ModuleRecord): ModuleRecord {
    this.#records.set(record.file, record)
    if (record.kind === 'code' && record.awaiting) this.#awaiting.add(record.file)
    return record
  }
}
