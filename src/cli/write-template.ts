import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TreewayError } from '../errors.ts'
import type { Template } from './templates.ts'

const TEMPLATES = fileURLToPath(new URL('../../templates', import.meta.url))

export interface WriteTemplateOptions {
  /** Absolute; made where it does not exist. */
  readonly dir: string
  readonly template: Template
  /** Of Treeway, for the dependency in package.json. */
  readonly version: string
  /** A Dockerfile too. */
  readonly hasDocker: boolean
  /** A systemd unit too. */
  readonly hasSystemd: boolean
}

/**
 * Writes the files of a template and gives their names. Nothing that exists is written over.
 *
 * @throws TreewayError TREEWAY_FILE_EXISTS, before anything is written.
 */
export async function writeTemplate(options: WriteTemplateOptions): Promise<string[]> {
  const { dir } = options
  const name = toPackageName(dir)
  const sources = await readSources(options, name)
  const targets = [...sources.keys()].sort()
  refuseExisting(dir, targets)
  const values = { name, dir: toUnitText(dir), version: options.version, ...toTexts(options.template) }
  for (const target of targets) {
    const text = await readFile(sources.get(target) ?? '', 'utf8')
    await mkdir(dirname(join(dir, target)), { recursive: true })
    await writeFile(join(dir, target), fill(text, values))
  }
  return targets
}

/** The file each target is made of; a language's own file takes the place of the one that all share. */
async function readSources(options: WriteTemplateOptions, name: string): Promise<Map<string, string>> {
  const sources = new Map<string, string>()
  for (const folder of ['base', options.template.folder]) {
    const root = join(TEMPLATES, folder)
    const entries = await readdir(root, { recursive: true, withFileTypes: true })
    for (const entry of entries.filter((found) => found.isFile())) {
      const file = join(entry.parentPath, entry.name)
      sources.set(toTargetName(file.slice(root.length + 1)), file)
    }
  }
  const deploy = join(TEMPLATES, 'deploy')
  if (options.hasDocker) {
    sources.set('Dockerfile', join(deploy, 'Dockerfile'))
    sources.set('.dockerignore', join(deploy, '_dockerignore'))
  }
  if (options.hasSystemd) sources.set(`${name}.service`, join(deploy, 'treeway.service'))
  return sources
}

function toTexts({ needs, rows, packages, buildPackages }: Template): Readonly<Record<string, string>> {
  return {
    needs,
    rows: rows.map(([url, file]) => `| ${url} | \`${file}\` |`).join('\n'),
    packages: toInstall(packages),
    buildPackages: toInstall(buildPackages)
  }
}

function toInstall(packages: string): string {
  return packages === ''
    ? ''
    : `RUN apt-get update && apt-get install -y --no-install-recommends ${packages} && rm -rf /var/lib/apt/lists/*\n`
}

const TARGETS: Readonly<Record<string, string>> = {
  _gitignore: '.gitignore',
  '_package.json': 'package.json',
  '_app-test.js': 'test/app.test.js'
}

/** npm leaves `.gitignore` and we leave tests out of a package, and any package.json is taken for one. */
function toTargetName(file: string): string {
  return TARGETS[file] ?? file
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

/** In a unit of systemd a percent sign begins the name of something else. */
function toUnitText(path: string): string {
  return path.replaceAll('%', '%%')
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
