import { createRequire } from 'node:module'
import type { BuildOptions, BuildResult, TransformOptions, TransformResult } from 'esbuild'

/** esbuild, as the loader uses it. Its child process starts with the first use and does not keep Node alive. */
export interface EsbuildService {
  transform(source: string, options: TransformOptions): Promise<TransformResult>
  transformSync(source: string, options: TransformOptions): TransformResult
  build(options: BuildOptions): Promise<BuildResult>
  /** Ends the child process, if there is one; it starts again when it is needed. */
  stop(): Promise<void>
}

export function createEsbuildService(): EsbuildService {
  async function run<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (error) {
      if (!isStopped(error)) throw error
      return await call()
    }
  }
  return {
    transform: (source, options) => run(() => loadEsbuild().transform(source, options)),
    transformSync: (source, options) => loadEsbuild().transformSync(source, options),
    build: (options) => run(() => loadEsbuild().build(options)),
    stop: async () => {
      if (isLoaded()) await loadEsbuild().stop()
    }
  }
}

type Esbuild = typeof import('esbuild')

const requireHere = createRequire(import.meta.url)

/** What is plain or was built needs no esbuild, and its start no time for it. */
function loadEsbuild(): Esbuild {
  return requireHere('esbuild') as Esbuild
}

/** By whomever in this Node process: the child process is the same for all. */
function isLoaded(): boolean {
  return requireHere.resolve('esbuild') in requireHere.cache
}

/** Of the package; what it makes depends on it. */
export function readEsbuildVersion(): string {
  return loadEsbuild().version
}

/**
 * esbuild has one child process per Node process: when another app in it closes, ours is gone too, in the
 * middle of a call. The next call starts a new one.
 */
function isStopped(error: unknown): boolean {
  return error instanceof Error && /service (was stopped|is no longer running)/.test(error.message)
}
