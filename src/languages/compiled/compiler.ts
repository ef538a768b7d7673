import type { Problem } from '../../errors.ts'
import type { WorkerFunction, WorkerLanguageName } from '../language.ts'
import type { PrepareContext } from '../workers/spec.ts'

/** Functions that become one program, because they ask for the same dependencies. */
export interface SourceGroup {
  readonly functions: readonly WorkerFunction[]
  /** Of everything that is compiled, whatever the toolchain: the same hash is the same program. */
  readonly hash: string
  /** Path of the dependency list below the project's directory, where there is one. */
  readonly dependencyList: string | undefined
}

/** Why one function is not in the program. Plain data: it is kept beside the program. */
export interface Fault {
  readonly code: 'TREEWAY_COMPILE_FAILED' | 'TREEWAY_LOAD_FAILED' | 'TREEWAY_EXPORT_MISSING'
  readonly message: string
  readonly line?: number
  readonly column?: number
  /** The compiler's words. */
  readonly frame?: string
}

export type BuildOutcome =
  | { readonly kind: 'built' }
  /** By the function's `name`. Empty: the compiler's words say of no function that it is its fault. */
  | { readonly kind: 'faults'; readonly faults: ReadonlyMap<string, Fault>; readonly output: string }
  /** Dependencies can not be had. */
  | { readonly kind: 'install-failed'; readonly output: string }

export interface Toolchain {
  readonly command: string
  readonly version: string
}

/** What a compiled language adds to `prepareCompiled`. */
export interface Compiler<Group extends SourceGroup> {
  readonly language: WorkerLanguageName
  /** How progress lines and problems call it. */
  readonly title: string
  findToolchain(context: PrepareContext): Promise<Toolchain | Problem>
  readGroups(functions: readonly WorkerFunction[], context: PrepareContext): readonly Group[]
  /** What can be said without a compiler: a file without a handler. By the function's `name`. */
  findFaults(group: Group): ReadonlyMap<string, Fault>
  /** Compiles these functions of the group into `<folder>/program`. */
  build(functions: readonly WorkerFunction[], options: BuildOptions<Group>): Promise<BuildOutcome>
}

export interface BuildOptions<Group extends SourceGroup> {
  readonly group: Group
  readonly folder: string
  readonly toolchain: Toolchain
  readonly context: PrepareContext
}
