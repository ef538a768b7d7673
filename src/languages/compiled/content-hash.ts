import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Sixteen characters for texts in their order; where one ends and the next begins counts. */
export function toContentHash(texts: Iterable<string>): string {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(`${text.length}\0`).update(text)
  return hash.digest('hex').slice(0, 16)
}

/** Programs run where they were built for. */
export const platform = `${process.platform}-${process.arch}`

/** The text of a file, or undefined where it can not be read. */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Names of the files in a folder, sorted; none where it can not be read. */
export function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map(({ name }) => name)
      .toSorted()
  } catch {
    return []
  }
}

/** Absolute paths of all files below a folder that `isWanted` by name; dot folders and packages are left out. */
export function readTree(folder: string, isWanted: (name: string) => boolean): readonly string[] {
  const found: string[] = []
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      const isSkipped =
        entry.name.startsWith('.') || ['node_modules', 'target', 'testdata'].includes(entry.name)
      if (!isSkipped) found.push(...readTree(path, isWanted))
    } else if (isWanted(entry.name)) found.push(path)
  }
  return found.toSorted()
}
