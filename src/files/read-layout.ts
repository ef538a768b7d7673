import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TreeKind } from '../routes/route.ts'

export interface TreeFolder {
  /** Below the project's directory; '' is the directory itself. */
  readonly dir: string
  readonly kind: TreeKind
  /** URL prefix without a slash at its end; '' for none. */
  readonly prefix: string
}

/** Which folders of a project hold what (design.md section 1, "What a project holds"). */
export interface Layout {
  readonly trees: readonly TreeFolder[]
  readonly bootDirs: readonly string[]
}

const TREE_FOLDERS = [
  { dir: 'functions', kind: 'functions' },
  { dir: 'routes', kind: 'routes' },
  { dir: 'api/routes', kind: 'routes' }
] as const

/**
 * Looks which of the known folders are there. With none of `functions/`, `routes/` and `api/routes/` the directory
 * itself is the tree; `trees` of the configuration replaces all of that.
 */
export async function readLayout(
  dir: string,
  trees?: readonly { readonly dir: string; readonly prefix?: string | undefined }[]
): Promise<Layout> {
  const bootDirs = await keepFolders(dir, ['boot', 'api/boot'])
  if (trees && trees.length > 0) return { trees: trees.map(toTreeFolder), bootDirs }
  const names = await keepFolders(
    dir,
    TREE_FOLDERS.map((folder) => folder.dir)
  )
  const found = TREE_FOLDERS.filter((folder) => names.includes(folder.dir))
  const used = found.length > 0 ? found : [{ dir: '', kind: 'functions' } as const]
  return { trees: used.map((folder) => ({ ...folder, prefix: '' })), bootDirs }
}

function toTreeFolder(tree: { readonly dir: string; readonly prefix?: string | undefined }): TreeFolder {
  const dir = tree.dir.replace(/^\.\/?/, '').replace(/\/+$/, '')
  const kind = dir === 'routes' || dir.endsWith('/routes') ? 'routes' : 'functions'
  return { dir, kind, prefix: (tree.prefix ?? '').replace(/\/+$/, '') }
}

async function keepFolders(dir: string, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(names.map((name) => isFolder(join(dir, name))))
  return names.filter((_, i) => found[i])
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}
