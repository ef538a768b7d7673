import { realpathSync, statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { join, sep } from 'node:path'

/** A file that may be sent. */
export interface FoundFile {
  /** Where it really is: links followed, the file system's own spelling. */
  readonly realPath: string
  /** Names below the root it was asked by, decoded. The last one says its type. */
  readonly names: readonly string[]
  readonly size: number
  /** Changes with the file: path, size, times and inode. */
  readonly fingerprint: string
  readonly modifiedAtMs: number
}

export interface FileFinderOptions {
  /** Real path of the folder. */
  readonly root: string
  /** Absolute paths that are never sent: handler sources where the folder holds the tree. */
  readonly exclude: (absolutePath: string) => boolean
  /**
   * Asked when a symbolic link inside the folder leads to another place inside it. False: not found.
   * Both are URL paths, decoded. So a guard on the place is not passed by way of the link.
   */
  readonly mayAlias: (fromPath: string, toPath: string) => boolean
}

export interface FileFinder {
  readonly root: string
  /** Names below the root, decoded. */
  find(names: readonly string[]): FoundFile | undefined
  hasFolder(names: readonly string[]): boolean
}

/**
 * The only place that turns names into a file. What it does not find is never sent: dot files (`.well-known`
 * excepted, RFC 8615), control files, anything that is really outside the root, anything excluded.
 *
 * Synchronous on purpose: a stat of a local file takes a few microseconds, a trip through node's thread pool ten
 * times that, and a hot file comes here twice a second at most.
 */
export function createFileFinder(options: FileFinderOptions): FileFinder {
  const { root, exclude } = options

  function find(names: readonly string[]): FoundFile | undefined {
    if (!arePublicNames(names)) return undefined
    const asked = join(root, ...names)
    const stats = readStats(asked)
    if (stats === undefined || !stats.isFile()) return undefined
    const realPath = readRealPath(asked)
    if (realPath === undefined || exclude(asked)) return undefined
    if (realPath !== asked && !isReachable(asked, realPath, options)) return undefined
    return toFoundFile(realPath, names, stats)
  }

  function hasFolder(names: readonly string[]): boolean {
    return arePublicNames(names) && readStats(join(root, ...names))?.isDirectory() === true
  }

  return { root, find, hasFolder }
}

/** Decodes a canonical path once, segment by segment. Stops at the first segment that can not be a name. */
export function decodeNames(path: string): { readonly names: string[]; readonly isWhole: boolean } {
  const names: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '') continue
    const name = decodeName(segment)
    if (name === undefined) return { names, isWhole: false }
    names.push(name)
  }
  return { names, isWhole: true }
}

function decodeName(segment: string): string | undefined {
  if (!segment.includes('%')) return segment
  try {
    const name = decodeURIComponent(segment)
    return /[/\\\0]/.test(name) ? undefined : name
  } catch {
    return undefined
  }
}

/** At the root they steer Pages, below it they are ordinary files. */
const rootControlNames = ['_headers', '_redirects', '_routes.json', '_worker.js']
const controlNames = ['fn.config.json', 'fn.env.json', 'node_modules']

function arePublicNames(names: readonly string[]): boolean {
  if (rootControlNames.includes(names[0] ?? '')) return false
  return names.every(
    (name, depth) =>
      (!name.startsWith('.') || (name === '.well-known' && depth === 0)) &&
      !controlNames.includes(name) &&
      !isWindowsAlias(name)
  )
}

/** Spellings that open another file on Windows: streams, devices, short names, trailing dots and spaces. */
function isWindowsAlias(name: string): boolean {
  return (
    process.platform === 'win32' && /[:<>"|?*]|[. ]$|~\d|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name)
  )
}

/** The real place must itself be allowed: inside the root, no dot file, no control file, not excluded. */
function isReachable(asked: string, realPath: string, options: FileFinderOptions): boolean {
  const prefix = options.root.endsWith(sep) ? options.root : options.root + sep
  if (!realPath.startsWith(prefix)) return false
  // same name in another case or Unicode form: one file has one URL, on every file system
  if (toFolded(asked) === toFolded(realPath)) return false
  const realNames = realPath.slice(prefix.length).split(sep)
  if (!arePublicNames(realNames) || options.exclude(realPath)) return false
  const askedNames = asked.slice(prefix.length).split(sep)
  return options.mayAlias(`/${askedNames.join('/')}`, `/${realNames.join('/')}`)
}

function toFolded(path: string): string {
  return path.normalize('NFC').toLowerCase()
}

function readStats(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    // too long a name, a loop of links, no right to look: as good as not there
    return undefined
  }
}

function readRealPath(path: string): string | undefined {
  try {
    return realpathSync.native(path)
  } catch {
    return undefined
  }
}

function toFoundFile(realPath: string, names: readonly string[], stats: Stats): FoundFile {
  const fingerprint = `${realPath}\0${stats.size}\0${stats.mtimeMs}\0${stats.ctimeMs}\0${stats.ino}`
  return { realPath, names, size: stats.size, fingerprint, modifiedAtMs: stats.mtimeMs }
}
