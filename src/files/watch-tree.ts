import { watch } from 'chokidar'
import { lstatSync, realpathSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createGitCheck } from './git-check.ts'

export interface WatchTreeOptions {
  /** Absolute project directory. */
  readonly dir: string
  /** Folders below `dir` to leave alone: where Treeway itself writes. */
  readonly ignorePaths?: readonly string[]
  /** Look for changes by polling: for mounts that send no events. */
  readonly isPolling?: boolean
  /** How long it has to be quiet before changes are told. Default 30. */
  readonly batchMs?: number
  /** Files and folders that were added, changed or removed, below `dir`, with forward slashes, sorted. */
  readonly onChange: (paths: readonly string[]) => void
  readonly onError: (error: Error) => void
}

export interface TreeWatcher {
  stop(): Promise<void>
}

const NEVER_WATCHED = new Set(['node_modules', '__pycache__'])
const BATCH_MS = 30

/** Watches a project's directory and tells of changes in batches. Resolves when it watches. */
export async function watchTree(options: WatchTreeOptions): Promise<TreeWatcher> {
  const batch = createBatch(options)
  const watcher = watch(options.dir, {
    ignoreInitial: true,
    ignored: (path, stats) =>
      isIgnored(toName(options.dir, path), options.ignorePaths ?? []) ||
      (stats?.isDirectory() === true && isLinkToParent(path)),
    usePolling: options.isPolling ?? false
  })
  watcher.on('all', (_event, path) => batch.add(toName(options.dir, path)))
  watcher.on('error', (error) => options.onError(error instanceof Error ? error : new Error(String(error))))
  await new Promise<void>((resolve) => watcher.once('ready', resolve))
  return {
    async stop() {
      batch.stop()
      await watcher.close()
    }
  }
}

/** Dot files are never routes, but those that say variables are read. */
export function isIgnored(path: string, ignorePaths: readonly string[]): boolean {
  if (ignorePaths.some((ignored) => path === ignored || path.startsWith(`${ignored}/`))) return true
  return path
    .split('/')
    .some((name) => NEVER_WATCHED.has(name) || (name.startsWith('.') && !isVariables(name)))
}

function isVariables(name: string): boolean {
  return name.startsWith('.env') || name === '.dev.vars'
}

/** A link to a folder that it is in: followed, it would never end. */
function isLinkToParent(path: string): boolean {
  try {
    if (!lstatSync(path).isSymbolicLink()) return false
    return `${realpathSync(dirname(path))}${sep}`.startsWith(`${realpathSync(path)}${sep}`)
  } catch {
    // It has gone meanwhile.
    return false
  }
}

function toName(dir: string, path: string): string {
  return relative(dir, path).split(sep).join('/')
}

/** chokidar drops what happens to a file within 50 ms of what it told of it last; twice that is looked again. */
const RECHECK_MS = 100
/** A file that is written all the time can not hold back the rest for longer. */
const MAX_BATCH_MS = 300
/** A lock that a crash of git has left behind neither. */
const MAX_GIT_MS = 5000

function createBatch({ dir, batchMs = BATCH_MS, onChange }: WatchTreeOptions) {
  const isGitAtWork = createGitCheck(dir)
  let paths = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let startedAt = 0
  const rechecks = new Set<NodeJS.Timeout>()
  let isStopped = false

  function tellWhenQuiet(): void {
    // Half of a checkout is no tree that anybody wrote.
    if (isGitAtWork() && performance.now() - startedAt < MAX_GIT_MS)
      timer = setTimeout(tellWhenQuiet, batchMs)
    else void tell()
  }

  async function tell(): Promise<void> {
    const sorted = [...paths].sort()
    paths = new Set()
    timer = undefined
    const stamps = await Promise.all(sorted.map((path) => readStamp(dir, path)))
    onChange(sorted)
    const recheck = setTimeout(() => {
      rechecks.delete(recheck)
      for (const [i, path] of sorted.entries()) void addIfChanged(path, stamps[i])
    }, RECHECK_MS)
    rechecks.add(recheck)
  }

  async function addIfChanged(path: string, stamp: string | undefined): Promise<void> {
    if ((await readStamp(dir, path)) !== stamp) add(path)
  }

  function add(path: string): void {
    if (isStopped) return
    if (paths.size === 0) startedAt = performance.now()
    paths.add(path)
    // What is saved together comes together: each change waits for the next.
    const left = startedAt + MAX_BATCH_MS - performance.now()
    clearTimeout(timer)
    timer = setTimeout(tellWhenQuiet, Math.max(0, Math.min(batchMs, left)))
  }

  return {
    add,
    stop(): void {
      isStopped = true
      clearTimeout(timer)
      for (const recheck of rechecks) clearTimeout(recheck)
    }
  }
}

/** What changes when a file is written; undefined for a file that is not there. */
async function readStamp(dir: string, path: string): Promise<string | undefined> {
  try {
    const { mtimeMs, size, ino } = await stat(join(dir, path))
    return `${mtimeMs} ${size} ${ino}`
  } catch {
    return undefined
  }
}
