import { performance } from 'node:perf_hooks'
import { waitForSaves } from '../files/wait-for-saves.ts'
import type { IsWhole } from '../files/wait-for-saves.ts'

/** Files that are written all the time can not hold back what they make for longer. */
const MAX_TRIES_MS = 2_000

/**
 * Builds from files of which none is half saved, and again where one was written meanwhile: what is half old and half new
 * is nothing that anybody wrote. Resolves with the first result that was put in place.
 *
 * @param files Absolute.
 * @param build Undefined: what was built is of no use any more.
 */
export async function buildWhole<T>(
  files: readonly string[],
  build: (isWhole: IsWhole) => Promise<T | undefined>
): Promise<T | undefined> {
  const latest = performance.now() + MAX_TRIES_MS
  while (performance.now() < latest) {
    const isWhole = await waitForSaves(files)
    try {
      const built = await build(isWhole)
      if (built !== undefined || isWhole()) return built
    } catch (error) {
      if (isWhole()) throw error
    }
  }
  await waitForSaves(files)
  return await build(() => true)
}
