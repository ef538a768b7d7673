import { extname, join } from 'node:path'
import { createContentCache, toHash } from './content-cache.ts'
import { readEsbuildVersion } from './esbuild-service.ts'
import type { FileExports } from './lex-exports.ts'

/** The exports of files that take esbuild to be read, on disk, by content. */
export interface ExportCache {
  read(file: string, source: string): FileExports | undefined
  write(file: string, source: string, exports: FileExports): void
  /** Waits for all writes. */
  settle(): Promise<void>
}

/** To be raised when what is read from a file changes. */
const format = '1'

/** `stateDir` is the absolute folder of Treeway's own files. */
export function createExportCache(stateDir: string): ExportCache {
  const cache = createContentCache(join(stateDir, 'exports'))
  const toKey = (file: string, source: string): string =>
    toHash(format, readEsbuildVersion(), extname(file), source)
  return {
    // Written below, and unchanged since: its hash says so.
    read: (file, source) => cache.read(file, toKey(file, source)) as FileExports | undefined,
    write: (file, source, exports) => cache.write(file, toKey(file, source), exports),
    settle: () => cache.settle()
  }
}
