import { readdir, realpath, stat } from 'node:fs/promises'
import type { Dirent } from 'node:fs'
import { join } from 'node:path'
import { createProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import type { FolderCache } from './folder-cache.ts'

/** What a folder on disk holds, as it was when it was read. */
export interface FileTree {
  /** Absolute folder that was read. */
  readonly dir: string
  /** Every file that may matter, below `dir`, with forward slashes, in code-unit order. */
  readonly files: readonly string[]
  readonly problems: readonly Problem[]
}

export interface ReadTreeOptions {
  /** Put in front of each path in problems: the tree's folder below the project's directory, '' or 'functions'. */
  readonly prefix?: string
  /** Names of folders to leave out, wherever they are. */
  readonly ignoreDirs?: readonly string[]
  /** Paths below `dir` to leave out: `public` when the project's directory itself is the tree. */
  readonly ignorePaths?: readonly string[]
  /** Folders that were read before. Default: every folder is read. */
  readonly folders?: FolderCache | undefined
}

const NEVER_READ = new Set(['node_modules', '__pycache__'])
/** Folders that are only left out when this file in them shows what they are. */
const TOOL_FOLDERS: Readonly<Record<string, string>> = { vendor: 'autoload.php', target: 'CACHEDIR.TAG' }

/**
 * Reads the names of a tree's files. Dot files and folders, node_modules, Composer's `vendor` and Cargo's `target` are
 * left out. Never throws: an unreadable folder or a loop of links is a problem, and the rest is read.
 */
export async function readTree(dir: string, options: ReadTreeOptions = {}): Promise<FileTree> {
  const walk = createWalk(dir, options)
  await walkFolder(walk, '', [])
  walk.files.sort()
  return { dir, files: walk.files, problems: walk.problems }
}

/** One reading of a tree: what is asked, and what was found so far. */
interface Walk {
  readonly dir: string
  readonly ignoreDirs: ReadonlySet<string>
  readonly ignorePaths: ReadonlySet<string>
  readonly files: string[]
  readonly folders: Pick<FolderCache, 'read'>
  /** `file`: below `dir`. */
  addProblem(code: 'TREEWAY_TREE_UNREADABLE' | 'TREEWAY_TREE_LOOP', file: string, found: Fault): void
  readonly problems: Problem[]
}

interface Fault {
  readonly message: string
  readonly severity?: 'warning'
}

function createWalk(dir: string, options: ReadTreeOptions): Walk {
  const problems: Problem[] = []
  return {
    dir,
    ignoreDirs: new Set([...NEVER_READ, ...(options.ignoreDirs ?? [])]),
    ignorePaths: new Set(options.ignorePaths),
    files: [],
    folders: options.folders ?? { read: (folder) => readdir(folder, { withFileTypes: true }) },
    problems,
    addProblem(code, file, { message, ...details }) {
      const name = [options.prefix, file].filter(Boolean).join('/') || '.'
      problems.push(createProblem(code, message.replace('%s', name), { file: name, ...details }))
    }
  }
}

/** `trail`: real paths of the folders above, to notice a link that leads back to one of them. */
async function walkFolder(walk: Walk, folder: string, trail: readonly string[]): Promise<void> {
  const entries = await readFolder(walk, folder)
  if (isToolFolder(folder, entries)) return
  const found = await Promise.all(
    entries.map((entry) =>
      walkEntry(walk, { path: folder === '' ? entry.name : `${folder}/${entry.name}`, entry, trail })
    )
  )
  walk.files.push(...found.filter((file) => file !== undefined))
}

async function readFolder(walk: Walk, folder: string): Promise<Dirent[]> {
  try {
    return await walk.folders.read(join(walk.dir, folder))
  } catch (error) {
    walk.addProblem('TREEWAY_TREE_UNREADABLE', folder, { message: toReason(error) })
    return []
  }
}

interface WalkedEntry {
  readonly path: string
  readonly entry: Dirent
  readonly trail: readonly string[]
}

async function walkEntry(walk: Walk, { path, entry, trail }: WalkedEntry): Promise<string | undefined> {
  if (entry.name.startsWith('.') || walk.ignorePaths.has(path)) return undefined
  const kind = entry.isSymbolicLink() ? await readLinkKind(walk, path) : toKind(entry)
  if (kind !== 'folder') return kind === 'file' ? path : undefined
  if (walk.ignoreDirs.has(entry.name)) return undefined
  if (entry.isSymbolicLink()) await walkLink(walk, path, trail)
  else await walkFolder(walk, path, trail)
  return undefined
}

async function walkLink(walk: Walk, path: string, trail: readonly string[]): Promise<void> {
  const target = await realpath(join(walk.dir, path))
  const above = [...trail, await realpath(join(walk.dir, path, '..'))]
  // The root of the disk ends with its slash.
  const inside = target.endsWith('/') ? target : `${target}/`
  if (above.some((real) => real === target || real.startsWith(inside))) {
    walk.addProblem('TREEWAY_TREE_LOOP', path, { message: 'The link "%s" leads back up the tree.' })
  } else await walkFolder(walk, path, [...above, target])
}

/** A link that leads nowhere stays in the list as a file: it may be a route, which then says so. */
async function readLinkKind(walk: Walk, path: string): Promise<EntryKind> {
  try {
    return toKind(await stat(join(walk.dir, path)))
  } catch (error) {
    walk.addProblem('TREEWAY_TREE_UNREADABLE', path, { message: toReason(error), severity: 'warning' })
    return 'file'
  }
}

type EntryKind = 'file' | 'folder' | 'other'

/** A socket, a pipe or a device is none of ours, and reading one may never end. */
function toKind(entry: Pick<Dirent, 'isDirectory' | 'isFile'>): EntryKind {
  if (entry.isDirectory()) return 'folder'
  return entry.isFile() ? 'file' : 'other'
}

function isToolFolder(folder: string, entries: readonly Dirent[]): boolean {
  const mark = TOOL_FOLDERS[folder.slice(folder.lastIndexOf('/') + 1)]
  return mark !== undefined && entries.some((entry) => entry.name === mark)
}

function toReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'It may not be read by this user (EACCES).',
    ENOENT: 'It is not there (ENOENT): a missing folder, or a link that leads nowhere.',
    ELOOP: 'The link leads to itself (ELOOP).'
  }
  return reasons[code] ?? `It can not be read (${code || String(error)}).`
}
