import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { version } from 'esbuild'
import { transformTarget, type ModuleCode, type SourceInput } from './transform-source.ts'

/**
 * Transformed modules on disk, one entry per source file: it holds the hash of what it was made from, so an entry
 * of an older source is ignored, and overwritten.
 */
export interface TransformCache {
  read(input: SourceInput): ModuleCode | undefined
  /** Never fails: a cache that can not be written is only slow. Await `settle` before the process ends. */
  write(input: SourceInput, code: ModuleCode): void
  settle(): Promise<void>
}

/** `dir` is the absolute folder of the cache; without it nothing is kept on disk. */
export function createTransformCache(dir: string | undefined): TransformCache {
  if (dir === undefined)
    return { read: () => undefined, write: () => undefined, settle: async () => undefined }
  const writes = new Set<Promise<void>>()
  const folders = new Set<string>()
  return {
    read: (input) => readEntry(toEntryFile(dir, input.file), toKey(input)),
    write(input, code) {
      const file = toEntryFile(dir, input.file)
      const folder = join(file, '..')
      const write = writeEntry(file, toKey(input), code, folders.has(folder) ? undefined : folder)
      folders.add(folder)
      writes.add(write)
      void write.finally(() => writes.delete(write))
    },
    settle: async () => {
      await Promise.all(writes)
    }
  }
}

function toEntryFile(dir: string, file: string): string {
  const name = createHash('sha1').update(file).digest('hex')
  return join(dir, name.slice(0, 2), `${name.slice(2)}.json`)
}

/** Everything the output depends on. The last part changes when what we do with esbuild's output does. */
function toKey(input: SourceInput): string {
  const options = [
    version,
    transformTarget,
    input.file.slice(input.file.lastIndexOf('.')),
    input.tsconfigRaw,
    '1'
  ]
  return createHash('sha1').update(JSON.stringify(options)).update(input.source).digest('hex')
}

/** An entry is the key, the hash of the rest, and the rest: whatever is damaged is not an entry. */
function readEntry(file: string, key: string): ModuleCode | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  const data = text.slice(82)
  if (text.slice(0, 82) !== `${key} ${hash(data)} `) return undefined
  return JSON.parse(data) as ModuleCode
}

async function writeEntry(
  file: string,
  key: string,
  code: ModuleCode,
  folder: string | undefined
): Promise<void> {
  const data = JSON.stringify(code)
  const temporary = `${file}.${randomUUID()}`
  try {
    if (folder !== undefined) mkdirSync(folder, { recursive: true })
    await writeFile(temporary, `${key} ${hash(data)} ${data}`)
    await rename(temporary, file)
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined)
  }
}

function hash(data: string): string {
  return createHash('sha1').update(data).digest('hex')
}
