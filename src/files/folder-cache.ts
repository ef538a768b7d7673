import { statSync } from 'node:fs'
import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'

/** What folders hold, read again only where it may be another thing by now. */
export interface FolderCache {
  /** As `readdir` with file types. Rejects as it does. */
  read(folder: string): Promise<Dirent[]>
  /** Something happened to these files or folders. Absolute. */
  forget(paths: Iterable<string>): void
}

interface KeptFolder {
  readonly stamp: number
  readonly entries: Dirent[]
}

/**
 * Whoever watches the folders says what to forget; beyond that a folder's own time of change counts, which two changes
 * within one tick of the clock may share.
 */
export function createFolderCache(): FolderCache {
  const folders = new Map<string, KeptFolder>()
  return {
    async read(folder) {
      // Sync: for thousands of folders many times cheaper. Before the reading: what comes after it is then seen as new.
      const stamp = statSync(folder, { throwIfNoEntry: false })?.mtimeMs
      const kept = folders.get(folder)
      if (kept && kept.stamp === stamp) return kept.entries
      const entries = await readdir(folder, { withFileTypes: true })
      if (stamp !== undefined) folders.set(folder, { stamp, entries })
      return entries
    },
    forget(paths) {
      for (const path of paths) {
        folders.delete(path)
        folders.delete(path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))))
      }
    }
  }
}
