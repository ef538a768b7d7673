import type { SourceFile } from './syntax-problem.ts'

/** A module as a function body: CommonJS, whatever its source was. Plain data, kept in the cache on disk. */
export interface ModuleCode {
  readonly code: string
  /** Absent when `code` has the lines of the source. */
  readonly map?: ModuleMap
  /** ES modules are strict. */
  readonly strict: boolean
  /** It has a top-level await: the body is an async function. */
  readonly awaiting: boolean
}

/** What a source map says, without the names of files. */
export interface ModuleMap {
  readonly mappings: string
  readonly names: readonly string[]
  /** Index of the module itself among the map's sources. */
  readonly source: number
}

export interface SourceInput extends SourceFile {
  /** See FolderConfig. */
  readonly tsconfigRaw: string
}

/** Lowered to what the running Node knows. */
export const transformTarget = `node${process.versions.node}`
