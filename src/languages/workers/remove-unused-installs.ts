import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { removeUnused } from './install-once.ts'

/** What was installed for a list of dependencies lies below the first of these, in a folder named by the list's hash. */
const PARENTS = ['npm', 'python', 'php']
const HASH = /^[0-9a-f]{16}$/
/** Long enough to come back to a branch; a process says every hour what it uses. */
const UNUSED_DAYS = 30

/**
 * Removes what was installed for lists of dependencies that nobody has used for 30 days. What can not be removed stays.
 *
 * @param stateDir Absolute folder of Treeway's own files.
 */
export async function removeUnusedInstalls(stateDir: string): Promise<void> {
  const latestMs = Date.now() - UNUSED_DAYS * 86_400_000
  for (const parent of PARENTS) {
    const names = await readdir(join(stateDir, parent)).catch(() => [])
    for (const name of names) {
      if (HASH.test(name)) await removeUnused(join(stateDir, parent, name), latestMs).catch(() => undefined)
    }
  }
}
