import { extname, join } from 'node:path'
import { createContentCache, toHash } from './content-cache.ts'
import { readEsbuildVersion } from './esbuild-service.ts'
import { transformTarget, type ModuleCode, type SourceInput } from './transformed-module.ts'

/** Transformed modules on disk, by content. */
export interface TransformCache {
  read(input: SourceInput): ModuleCode | undefined
  write(input: SourceInput, code: ModuleCode): void
  /** Waits for all writes. */
  settle(): Promise<void>
}

/** To be raised when what we do with esbuild's output changes. */
const format = '1'

/** `stateDir` is the absolute folder of Treeway's own files; without it nothing is kept on disk. */
export function createTransformCache(stateDir: string | undefined): TransformCache {
  const cache = createContentCache(stateDir && join(stateDir, 'transform'))
  const toKey = (input: SourceInput): string =>
    toHash(
      format,
      readEsbuildVersion(),
      transformTarget,
      extname(input.file),
      input.tsconfigRaw,
      input.source
    )
  return {
    // Written below, and unchanged since: its hash says so.
    read: (input) => cache.read(input.file, toKey(input)) as ModuleCode | undefined,
    write: (input, code) => cache.write(input.file, toKey(input), code),
    settle: () => cache.settle()
  }
}
