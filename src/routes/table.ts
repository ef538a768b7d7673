import type { Pattern } from './pattern.ts'
import type { Route } from './route.ts'

/** The `+` plugins of a URL, in the order they are registered. */
export interface Scope {
  /** The first of `folders`: its name everywhere. */
  readonly folder: string
  /** Folders below the project's directory that have plugins for this URL; '.' is the directory itself. */
  readonly folders: readonly string[]
  /** URL of the folder: what its plugins' own routes are below. */
  readonly pattern: Pattern
  readonly plugins: readonly string[]
}

/** One `_middleware` file: wraps every URL that begins with its pattern. */
export interface Middleware {
  readonly file: string
  readonly pattern: Pattern
  /** `onRequest`, `onRequestGet` ... */
  readonly exportNames: readonly string[]
}

/** A file that is not served, and why: so that nothing is hidden by accident. */
export interface PrivateFile {
  readonly file: string
  readonly reason: 'underscore' | 'no-handler' | 'single-entry' | 'test' | 'declaration'
}

/** Two or more files that answer the same method and pattern. */
export interface Conflict {
  readonly method: string
  readonly pattern: Pattern
  readonly files: readonly string[]
}

/** The frozen, serialisable list of all that a tree says. Everything reads it, nobody changes it. */
export interface RouteTable {
  /** In order of precedence, first wins. Conflicting routes are not in it. */
  readonly routes: readonly Route[]
  readonly conflicts: readonly Conflict[]
  readonly middlewares: readonly Middleware[]
  readonly scopes: readonly Scope[]
  /** boot/ files in order. */
  readonly boot: readonly string[]
  readonly privateFiles: readonly PrivateFile[]
}
