import type { Problem } from '../errors.ts'
import type { SegmentSyntax } from '../routes/parse-segment.ts'
import type { ConventionName, LanguageName, TreeKind } from '../routes/route.ts'

/** What a file says it exports, read without running it. */
export interface DeclaredExports {
  /** Without `default`. */
  readonly names: readonly string[]
  readonly default: 'none' | 'function' | 'object' | 'unknown'
  /** A syntax error: the file stays a route, which answers 500, and its neighbours are not harmed. */
  readonly problem?: Problem
}

/** One file of a tree on its way to become a route. */
export interface SourceFile {
  /** Below the project's directory, with forward slashes: its name everywhere. */
  readonly file: string
  /** Folder below the tree's root, '' for the root itself. */
  readonly folder: string
  /** Last part of the path, without its last extension. */
  readonly name: string
  readonly language: LanguageName
  readonly tree: TreeKind
  readonly exports: DeclaredExports
}

export type ParsedName =
  | {
      readonly kind: 'name'
      /** Upper case; undefined where the name does not say; `['*']` for ANY. */
      readonly methods?: readonly string[]
      /** Names of the segments below the folder; each is parsed with the convention's syntax. */
      readonly segments: readonly string[]
      /** Published also beside a `handler` or `main` that keeps plain siblings private. */
      readonly isExplicit: boolean
    }
  | { readonly kind: 'error'; readonly message: string; readonly fix: string }

/** How a file's name becomes a method and a URL. One member per reference system. */
export interface Convention {
  readonly name: ConventionName
  readonly syntax: SegmentSyntax
  /** Whether the file follows this convention: it is written in the file's name or its exports. */
  isMatch(file: SourceFile): boolean
  parseName(name: string): ParsedName
}
