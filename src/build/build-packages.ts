import { cp } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { Config } from '../config/config.ts'
import type { Problem } from '../errors.ts'
import type { InstalledPackages } from '../languages/javascript/package-folders.ts'
import { preparePackages } from '../project/prepare-packages.ts'
import type { BuildManifest } from '../project/read-build.ts'
import type { ReadProject } from '../project/read-project.ts'

export interface BuiltPackages {
  readonly installed: InstalledPackages
  readonly problems: readonly Problem[]
}

/** Installs what the package.json files of the tree ask for, where `dev` and `start` keep it too. */
export async function installForBuild(
  { config, onProgress = () => undefined }: { config: Config; onProgress?: (text: string) => void },
  { table }: ReadProject
): Promise<BuiltPackages> {
  const { signal } = new AbortController()
  const installing = { ...config, frozen: false }
  const { installed, refused } = await preparePackages({ config: installing, table, onProgress, signal })
  return { installed, problems: [...refused.values()].flatMap(({ problems }) => problems) }
}

export interface CopyPackagesOptions {
  readonly config: Config
  /** Absolute: the build. */
  readonly dir: string
  readonly installed: InstalledPackages
}

type ManifestPackages = NonNullable<BuildManifest['packages']>

/** Takes the installed packages along. Gives what the manifest says of them. */
export async function copyPackages({
  config,
  dir,
  installed
}: CopyPackagesOptions): Promise<ManifestPackages> {
  const toName = (path: string): string => relative(config.dir, path).split(sep).join('/')
  for (const folder of new Set(installed.values())) {
    await cp(folder, join(dir, toName(folder)), { recursive: true, verbatimSymlinks: true })
  }
  const names = [...installed].map(([folder, from]) => [toName(folder), toName(from)] as const)
  return Object.fromEntries(names.sort(([a], [b]) => (a < b ? -1 : 1)))
}
