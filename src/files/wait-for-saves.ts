import { setTimeout as wait } from 'node:timers/promises'
import { readFileStamp } from './file-stamp.ts'

/** Whether the files still are what they were, and nobody has begun to save one of them since. */
export type IsWhole = () => boolean

/** A file that is written all the time is not waited for. */
const MAX_WAIT_MS = 1_000
const POLL_MS = 5

/**
 * Waits until none of the files, which are absolute, is half way through a save. What is read of them after that belongs
 * together as long as the answer says so.
 */
export async function waitForSaves(files: readonly string[]): Promise<IsWhole> {
  const latest = performance.now() + MAX_WAIT_MS
  let saves = files.map(readSave)
  while (saves.some(({ isSettled }) => !isSettled) && performance.now() < latest) {
    await wait(POLL_MS)
    saves = files.map(readSave)
  }
  return function isWhole() {
    return files.every((file, i) => {
      const { stamp, isHalfSaved } = readSave(file)
      return stamp === saves[i]?.stamp && !isHalfSaved
    })
  }
}

/** A file that is not there is no save under way: it may have been removed. */
function readSave(file: string) {
  const { text: stamp, isFresh = false, isHalfSaved = false } = readFileStamp(file) ?? {}
  // A fresh stamp may not tell the next write.
  return { stamp, isHalfSaved, isSettled: !isFresh && !isHalfSaved }
}
