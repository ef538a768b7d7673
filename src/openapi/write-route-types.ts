import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { Openapi } from './register-openapi.ts'

export interface WrittenTypes {
  /** Below the project's directory, with forward slashes. */
  readonly file: string
  /** The file had another text before, or was not there. */
  readonly isChanged: boolean
}

/**
 * Writes `<stateDir>/types/routes.d.ts`, where its text is another one: an editor need not look again for nothing.
 *
 * @param pause Called between the steps of it. Default: none.
 */
export async function writeRouteTypes(
  openapi: Openapi,
  { dir, stateDir }: { readonly dir: string; readonly stateDir: string },
  pause?: () => Promise<unknown>
): Promise<WrittenTypes> {
  const folder = posix.join(stateDir, 'types')
  const file = posix.join(folder, 'routes.d.ts')
  const text = await openapi.readRouteTypes(folder, pause)
  const path = join(dir, file)
  const before = await readFile(path, 'utf8').catch(() => undefined)
  if (before === text) return { file, isChanged: false }
  await mkdir(join(dir, folder), { recursive: true })
  // In one step, so that a compiler never reads half of it.
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
  return { file, isChanged: true }
}
