import type { Problem } from '../../errors.ts'
import type { WorkerFunction, WorkerLanguageName } from '../language.ts'

/** What a language adds to the Node side of workers: what to start, and how it behaves. */
export interface WorkerSpec {
  readonly language: WorkerLanguageName
  /** How frames reach it: docs/worker-protocol.md, "Channel". */
  readonly channel: 'fd3' | 'stdio'
  /**
   * The process runs one call at a time, in the order they came. Then the pool grows while calls wait, up to
   * `maxProcesses`, and calls that certainly had not begun are given to another process when one dies.
   */
  readonly isBlocking: boolean
  /** Processes per program at most; at least 1. Used where `isBlocking`. */
  readonly maxProcesses: number
  /**
   * Processes of a program that stay when there is nothing to do. Default 1: the first request finds one up. 0 where
   * there are many programs, so that those nobody asks for cost nothing.
   */
  readonly minProcesses?: number
  /**
   * Started in a process group of its own: for interpreters that take a terminal's Ctrl-C for themselves and can not be
   * told not to. Default false.
   */
  readonly hasOwnGroup?: boolean
  /** Whether the worker reloads by a `reload` frame, or a fresh process takes over from the old one. */
  readonly reload: 'frame' | 'process'
  /** Whether the worker answers `check` frames, so that `prepare` finds syntax errors without running a file. */
  readonly hasCheck: boolean
  /**
   * What handlers print comes as plain lines on descriptors 1 and 2 instead of `log` frames. A line gets the id of its
   * request where only one was running. Default false.
   */
  readonly printsPlainLines?: boolean
  /** Takes the place of `check` frames in `prepare` where one tool can look at many files without a worker for each. */
  check?(functions: readonly WorkerFunction[], context: PrepareContext): Promise<readonly Problem[]>
  /** Installs, compiles, and says which program runs which file. Never throws for a fault of the user's. */
  prepare(functions: readonly WorkerFunction[], context: PrepareContext): Promise<Preparation>
  /** A change of this file (absolute) asks for `prepare` again: a dependency list, a source that is compiled. */
  needsPrepare(file: string): boolean
}

export interface PrepareContext {
  /** Absolute project directory. */
  readonly dir: string
  /** Absolute; `<stateDir>/<language>/` is the language's own. */
  readonly stateDir: string
  /** Installing is refused: what is not there already is a problem. */
  readonly isFrozen: boolean
  /** What is compiled is the same bytes wherever the project lies. */
  readonly isReproducible?: boolean
  /** The server's own environment. For tools (compilers, package managers), never for workers. */
  readonly hostEnv: Readonly<Record<string, string | undefined>>
  /** One line for the terminal. */
  readonly onProgress: (text: string) => void
  /** Aborted by `stop`. */
  readonly signal: AbortSignal
}

export interface Preparation {
  readonly problems: readonly Problem[]
  /**
   * By absolute file. A file without a program can not be called: its calls fail with the problem whose `file` is the
   * function's `name`, else with the first problem that has no file (the language is missing).
   */
  readonly programs: ReadonlyMap<string, WorkerProgram>
}

/** What to start. Functions with an equal `key` share processes. */
export interface WorkerProgram {
  /** Also says when a process must be replaced: put a content hash in it where the program is compiled. */
  readonly key: string
  readonly command: string
  readonly args: readonly string[]
  /** Added to the clean environment. */
  readonly env?: Readonly<Record<string, string>>
}
