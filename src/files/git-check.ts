import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** Says whether git is writing files just now: it holds the lock of its index from the first to the last of them. */
export function createGitCheck(dir: string): () => boolean {
  const gitDir = findGitDir(dir)
  if (gitDir === undefined) return () => false
  const lock = join(gitDir, 'index.lock')
  return function isGitAtWork() {
    return existsSync(lock)
  }
}

/** The repository that the folder is in. In a worktree `.git` is a file that names it. */
function findGitDir(dir: string): string | undefined {
  const path = join(dir, '.git')
  try {
    const [, named = ''] = /^gitdir: (.+)$/m.exec(readFileSync(path, 'utf8')) ?? []
    return resolve(dir, named)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EISDIR') return path
  }
  return dirname(dir) === dir ? undefined : findGitDir(dirname(dir))
}
