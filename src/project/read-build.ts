import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FunctionAssets } from '../config/to-function-config.ts'
import { TreewayError } from '../errors.ts'
import type { InstalledPackages } from '../languages/javascript/package-folders.ts'
import type { ReadProject } from './read-project.ts'
import type { Pattern } from '../routes/pattern.ts'
import type { RouteTable } from '../routes/table.ts'

/** Its presence makes a directory a build. */
export const BUILD_FILE = 'treeway.build.json'

/** To be raised when what is in a build changes its meaning. */
export const BUILD_FORMAT = 1

/** What a build was made with, and so what it needs. */
export interface BuildFacts {
  readonly treeway: string
  /** Major version of Node. */
  readonly node: number
  /** `linux-x64-glibc`. Only where the build has programs or packages for one platform. */
  readonly platform?: string
}

/** `treeway.build.json`: everything that `start` of a build needs to know of the tree. Plain data. */
export interface BuildManifest {
  readonly format: number
  readonly facts: BuildFacts
  /** Folder of the built modules, below the build. */
  readonly modulesDir: string
  readonly table: RouteTable
  /** Where the packages of a folder's package.json are installed; both below the build. */
  readonly packages?: Readonly<Record<string, string>>
  /** `assets` of the root's fn.config.json. */
  readonly assets?: FunctionAssets
  /** Route files that are loaded before their routes are registered: they may have options. */
  readonly eager: readonly string[]
  /** SHA-256 of every other file of the build, by path. */
  readonly files: Readonly<Record<string, string>>
}

export interface Build {
  readonly manifest: BuildManifest
  /** Absolute. */
  readonly modulesDir: string
}

export interface RunningFacts {
  readonly treeway: string
  readonly node: number
  /** Found out when it is asked for. */
  readonly readPlatform: () => string
}

/**
 * The build in a directory; undefined where there is none.
 *
 * @throws TreewayError TREEWAY_BUILD_UNFIT where it was made for something else than what runs.
 */
export async function readBuild(dir: string): Promise<Build | undefined> {
  let text: string
  try {
    text = await readFile(join(dir, BUILD_FILE), 'utf8')
  } catch {
    return undefined
  }
  // Written by `treeway build`; of another format only `format` is read.
  const manifest = JSON.parse(text) as BuildManifest
  refuseUnfit(manifest, await readRunningFacts())
  return { manifest, modulesDir: join(dir, manifest.modulesDir) }
}

export async function readRunningFacts(): Promise<RunningFacts> {
  const own = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  return {
    treeway: (JSON.parse(own) as { version: string }).version,
    node: Number.parseInt(process.versions.node, 10),
    readPlatform: toPlatform
  }
}

/** On Linux with the C library: what is compiled or installed for one does not run with the other (Debian, Alpine). */
function toPlatform(): string {
  const { platform, arch } = process
  if (platform !== 'linux') return `${platform}-${arch}`
  return `${platform}-${arch}-${hasMusl() ? 'musl' : 'glibc'}`
}

/** What this process itself has loaded: both libraries may be installed. */
function hasMusl(): boolean {
  try {
    return readFileSync('/proc/self/maps', 'utf8').includes('/ld-musl-')
  } catch {
    // A sandbox without /proc.
    return false
  }
}

function refuseUnfit({ format, facts }: BuildManifest, running: RunningFacts): void {
  if (format !== BUILD_FORMAT || facts.treeway !== running.treeway)
    throw toUnfitError(`Treeway ${facts?.treeway}`, `Treeway ${running.treeway}`)
  if (facts.node !== running.node) throw toUnfitError(`Node ${facts.node}`, `Node ${running.node}`)
  if (facts.platform === undefined) return
  const platform = running.readPlatform()
  if (facts.platform !== platform) throw toUnfitError(facts.platform, platform)
}

function toUnfitError(built: string, running: string): TreewayError {
  return new TreewayError('TREEWAY_BUILD_UNFIT', `The build was made for ${built}; this is ${running}.`)
}

/** `dir` is the build's. */
export function toInstalledPackages({ manifest }: Build, dir: string): InstalledPackages {
  const entries = Object.entries(manifest.packages ?? {})
  return new Map(entries.map(([folder, installed]) => [join(dir, folder), join(dir, installed)]))
}

/** What reading the tree would have given. `prefix` stands in front of every URL. */
export function toReadProject({ manifest }: Build, prefix: Pattern): ReadProject {
  const { table, assets } = manifest
  return { table: addPrefix(table, prefix), problems: [], assets, exports: new Map() }
}

function addPrefix(table: RouteTable, prefix: Pattern): RouteTable {
  if (prefix.length === 0) return table
  const add = <T extends { readonly pattern: Pattern }>(entries: readonly T[]): readonly T[] =>
    entries.map((entry) => ({ ...entry, pattern: [...prefix, ...entry.pattern] }))
  return {
    ...table,
    routes: add(table.routes),
    middlewares: add(table.middlewares),
    scopes: add(table.scopes),
    conflicts: add(table.conflicts)
  }
}

/** Where a build has its modules, without a look at what it was built for; undefined for what is no build. */
export async function findModulesDir(dir: string): Promise<string | undefined> {
  try {
    const { modulesDir } = JSON.parse(await readFile(join(dir, BUILD_FILE), 'utf8')) as BuildManifest
    return join(dir, modulesDir)
  } catch {
    return undefined
  }
}
