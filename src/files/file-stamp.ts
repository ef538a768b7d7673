import { statSync } from 'node:fs'

/** What is another one after a file was written, moved or removed. */
export interface FileStamp {
  readonly text: string
  /**
   * Written so short before it was looked at that the clock of the file system may not tell the next write from it: then
   * what was read after this look may be older than the file.
   */
  readonly isFresh: boolean
  /** Emptied a moment ago: most programs empty a file before they write it. */
  readonly isHalfSaved: boolean
}

/** Clocks of file systems tick every few milliseconds. */
const TICK_MS = 20
/** A file that stays empty for longer is meant to be empty; a writer on a busy machine may be kept waiting. */
const EMPTY_MS = 500

/** Undefined for a file that is not there. Sync: for thousands of files many times cheaper. */
export function readFileStamp(file: string): FileStamp | undefined {
  const stats = statSync(file, { throwIfNoEntry: false })
  if (!stats) return undefined
  const { mtimeMs, size, ino } = stats
  // Of another machine's clock, on a mount, it may be in the future.
  const ageMs = Math.abs(Date.now() - mtimeMs)
  return {
    text: `${mtimeMs} ${size} ${ino}`,
    isFresh: ageMs < TICK_MS,
    isHalfSaved: size === 0 && ageMs < EMPTY_MS && stats.isFile()
  }
}
