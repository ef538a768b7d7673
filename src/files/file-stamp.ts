import { statSync } from 'node:fs'

/** What is another one after a file was written, moved or removed. */
export interface FileStamp {
  readonly text: string
  /**
   * Written so short before it was looked at that the clock of the file system may not tell the next write from it: then
   * what was read after this look may be older than the file.
   */
  readonly isFresh: boolean
}

/** Clocks of file systems tick every few milliseconds. */
const TICK_MS = 20

/** Undefined for a file that is not there. Sync: for thousands of files many times cheaper. */
export function readFileStamp(file: string): FileStamp | undefined {
  const stats = statSync(file, { throwIfNoEntry: false })
  if (!stats) return undefined
  const { mtimeMs, size, ino } = stats
  return { text: `${mtimeMs} ${size} ${ino}`, isFresh: Math.abs(Date.now() - mtimeMs) < TICK_MS }
}
