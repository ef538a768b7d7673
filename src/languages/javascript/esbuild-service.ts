import { build, stop, transform, transformSync } from 'esbuild'
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
    transform: (source, options) => run(() => transform(source, options)),
    transformSync,
    build: (options) => run(() => build(options)),
    stop: async () => {
      await stop()
    }
  }
}

/**
 * esbuild has one child process per Node process: when another app in it closes, ours is gone too, in the
 * middle of a call. The next call starts a new one.
 */
function isStopped(error: unknown): boolean {
  return error instanceof Error && /service (was stopped|is no longer running)/.test(error.message)
}
