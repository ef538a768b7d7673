import { createHash } from 'node:crypto'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CollectedModules } from '../languages/javascript/collect-modules.ts'
import { BUILD_FILE, BUILD_FORMAT, readRunningFacts } from '../project/read-build.ts'
import type { BuildManifest } from '../project/read-build.ts'
import type { ReadProject } from '../project/read-project.ts'

export interface WriteManifestOptions {
  /** Absolute: the build, complete but for this. */
  readonly dir: string
  /** Below `dir`. */
  readonly modulesDir: string
  readonly read: ReadProject
  readonly modules: CollectedModules
  /** As in the manifest. */
  readonly packages: NonNullable<BuildManifest['packages']>
}

export async function writeManifest(options: WriteManifestOptions): Promise<void> {
  const { dir, modulesDir, read, modules, packages } = options
  const { treeway, node, readPlatform } = await readRunningFacts()
  const hasPackages = Object.keys(packages).length > 0
  const isBound =
    hasPackages || read.table.routes.some(({ language }) => language !== 'javascript' && language !== 'lua')
  const manifest: BuildManifest = {
    format: BUILD_FORMAT,
    facts: { treeway, node, ...(isBound ? { platform: readPlatform() } : {}) },
    modulesDir,
    table: read.table,
    ...(hasPackages ? { packages } : {}),
    ...(read.assets ? { assets: read.assets } : {}),
    eager: listEager(read, modules),
    files: await readHashes(dir)
  }
  await writeFile(join(dir, BUILD_FILE), `${JSON.stringify(manifest)}\n`)
}

/** Files of handlers that name options, or import what may give them some. */
function listEager({ table }: ReadProject, { modules }: CollectedModules): string[] {
  const files = new Set(table.routes.map(({ file }) => file))
  return [...files].filter((file) => modules.get(file)?.mentionsOptions || hasGiver(file, modules)).sort()
}

function hasGiver(file: string, modules: CollectedModules['modules']): boolean {
  const seen = new Set([file])
  for (const name of seen) {
    const module = modules.get(name)
    if (module?.givesOptions) return true
    const targets = Object.values(module?.imports ?? {})
    for (const target of targets) if (target.startsWith('./')) seen.add(target.slice(2))
  }
  return false
}

async function readHashes(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
  const hashes: Record<string, string> = {}
  for (const name of names.sort())
    hashes[name] = createHash('sha256')
      .update(await readFile(join(dir, name)))
      .digest('hex')
  return hashes
}
