import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Kept beside those in use: an edit that is taken back, another server process that is not yet as far. */
const KEPT = 4

/** Each edit leaves a program behind; all but the latest go. */
export async function removeOldPrograms(parent: string, used: ReadonlySet<string>): Promise<void> {
  const names = await readdir(parent).catch(() => [])
  const programs = await Promise.all(
    names
      .filter((name) => /^[0-9a-f]{16}-[^/]*$/.test(name) && !name.endsWith('.lock') && !used.has(name))
      .map(async (name) => ({
        name,
        at: (await stat(join(parent, name)).catch(() => undefined))?.mtimeMs ?? 0
      }))
  )
  const old = programs.toSorted((a, b) => b.at - a.at).slice(KEPT)
  await Promise.all(old.map(({ name }) => rm(join(parent, name), { recursive: true, force: true })))
}
