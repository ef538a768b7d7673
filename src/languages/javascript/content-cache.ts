import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * What was made from source files, on disk: one entry per source file, which holds the key of what it was made
 * from. So an entry of an older source is ignored, and overwritten: the folder does not grow with time. Several
 * processes may share it.
 */
export interface ContentCache {
  /** `file` is the absolute source file, `key` a hash of everything the data depends on. */
  read(file: string, key: string): unknown
  /** Never fails: a cache that can not be written is only slow. */
  write(file: string, key: string, data: unknown): void
  /** Waits for all writes. */
  settle(): Promise<void>
}

/** `dir` is absolute; without it nothing is kept. */
export function createContentCache(dir: string | undefined): ContentCache {
  if (dir === undefined)
    return { read: () => undefined, write: () => undefined, settle: async () => undefined }
  const writes = new Set<Promise<void>>()
  return {
    read: (file, key) => readEntry(toEntryFile(dir, file), key),
    write(file, key, data) {
      const write = writeEntry(toEntryFile(dir, file), key, JSON.stringify(data))
      writes.add(write)
      void write.finally(() => writes.delete(write))
    },
    settle: async () => {
      await Promise.all(writes)
    }
  }
}

/** 40 characters. */
export function toHash(...parts: readonly string[]): string {
  const hash = createHash('sha1')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex')
}

function toEntryFile(dir: string, file: string): string {
  const name = toHash(file)
  return join(dir, name.slice(0, 2), `${name.slice(2)}.json`)
}

/** An entry is its key, the hash of the data, and the data: whatever is damaged is not an entry. */
function readEntry(file: string, key: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  const data = text.slice(82)
  return text.slice(0, 82) === `${key} ${toHash(data)} ` ? JSON.parse(data) : undefined
}

/** Written beside and renamed, so that no other process reads half of it. */
async function writeEntry(file: string, key: string, data: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}`
  try {
    mkdirSync(dirname(file), { recursive: true })
    await writeFile(temporary, `${key} ${toHash(data)} ${data}`)
    await rename(temporary, file)
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined)
  }
}
