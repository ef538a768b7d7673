import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TreewayError } from '../errors.ts'

export type TemplateName = 'javascript' | 'typescript'

export interface WriteTemplateOptions {
  /** Absolute; made where it does not exist. */
  readonly dir: string
  readonly template: TemplateName
  /** Of Treeway, for the dependency in package.json. */
  readonly version: string
}

/**
 * Writes the files of a template and gives their names. Nothing that exists is written over.
 *
 * @throws TreewayError TREEWAY_FILE_EXISTS, before anything is written.
 */
export async function writeTemplate({ dir, template, version }: WriteTemplateOptions): Promise<string[]> {
  const source = fileURLToPath(new URL(`../../templates/${template}`, import.meta.url))
  const entries = await readdir(source, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(source.length + 1))
    .sort()
  const targets = files.map((file) => ({ file, target: toTargetName(file) }))
  refuseExisting(
    dir,
    targets.map(({ target }) => target)
  )
  for (const { file, target } of targets) {
    const text = await readFile(join(source, file), 'utf8')
    await mkdir(dirname(join(dir, target)), { recursive: true })
    await writeFile(join(dir, target), fill(text, { name: toPackageName(dir), version }))
  }
  return targets.map(({ target }) => target)
}

/** npm leaves `.gitignore` out of a package and takes any package.json for one: both travel under other names. */
function toTargetName(file: string): string {
  if (file === '_gitignore') return '.gitignore'
  return file === '_package.json' ? 'package.json' : file
}

function refuseExisting(dir: string, targets: readonly string[]): void {
  const existing = targets.filter((target) => existsSync(join(dir, target)))
  if (existing.length === 0) return
  throw new TreewayError(
    'TREEWAY_FILE_EXISTS',
    `${dir} has ${existing.join(', ')} already. Nothing was written.`
  )
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_whole, name: string) => values[name] ?? '')
}

/** What npm takes for a name; a folder may be called anything. */
function toPackageName(dir: string): string {
  return (
    basename(dir)
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]+/g, '-')
      .replaceAll(/^-+|-+$/g, '') || 'treeway-app'
  )
}
