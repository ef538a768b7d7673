import { toCanonicalUrl } from '../routes/canonical-path.ts'
import { decodeNames } from './find-file.ts'
import type { FileFinder, FoundFile } from './find-file.ts'

/** What a path leads to: a file, or the one URL of a page. */
export type Target =
  | { readonly kind: 'file'; readonly file: FoundFile }
  /** `path` is canonical. */
  | { readonly kind: 'redirect'; readonly path: string }

/**
 * Each page has one URL: `/` for index.html, `/about` for about.html, `/docs/` for docs/index.html. The other
 * spellings lead there. The order is that of Cloudflare Pages.
 */
export function lookupPath(path: string, finder: FileFinder): Target | undefined {
  const { names, isWhole } = decodeNames(path)
  if (!isWhole) return undefined
  return path.endsWith('/') ? lookupFolder(path, names, finder) : lookupFile(path, names, finder)
}

/**
 * The file a rewrite leads to. A page named by another of its spellings is sent at once: a rewrite keeps the URL,
 * so there is none to correct.
 */
export function lookupRewrite(location: string, finder: FileFinder): Target | undefined {
  const path = toCanonicalUrl(location).replace(/[?#].*$/, '')
  const target = lookupPath(path, finder)
  return target?.kind === 'redirect' ? lookupPath(target.path, finder) : target
}

/** The 404.html of the deepest folder on the way to the path that has one. */
export function findNearest404(path: string, finder: FileFinder): FoundFile | undefined {
  const { names, isWhole } = decodeNames(path)
  const folders = isWhole && !path.endsWith('/') ? names.slice(0, -1) : names
  let nearest = finder.find(['404.html'])
  // downwards, and only through folders that exist: a path of a thousand segments costs no thousand stats
  for (let depth = 1; depth <= folders.length; depth++) {
    const folder = folders.slice(0, depth)
    if (!finder.hasFolder(folder)) break
    nearest = finder.find([...folder, '404.html']) ?? nearest
  }
  return nearest
}

function lookupFolder(path: string, names: readonly string[], finder: FileFinder): Target | undefined {
  const index = finder.find([...names, 'index.html'])
  if (index !== undefined) return { kind: 'file', file: index }
  const last = names[names.length - 1]
  if (last === undefined) return undefined
  const withoutSlash = path.slice(0, -1)
  const parent = names.slice(0, -1)
  if (last === 'index' && finder.find([...parent, 'index.html']) !== undefined) return toFolder(withoutSlash)
  const page = finder.find([...parent, `${last}.html`])
  return page === undefined ? undefined : { kind: 'redirect', path: withoutSlash }
}

function lookupFile(path: string, names: readonly string[], finder: FileFinder): Target | undefined {
  const last = names[names.length - 1] ?? ''
  const parent = names.slice(0, -1)
  const exact = finder.find(names)
  if (exact !== undefined) {
    const bareName = last.endsWith('.html') ? last.slice(0, -5) : ''
    if (bareName === '' || finder.find([...parent, bareName]) !== undefined)
      return { kind: 'file', file: exact }
    return bareName === 'index' ? toFolder(path) : { kind: 'redirect', path: path.slice(0, -5) }
  }
  // Pages never answers under the name index, whatever serves the folder.
  if (last === 'index') return toFolder(path)
  const page = finder.find([...parent, `${last}.html`])
  if (page !== undefined) return { kind: 'file', file: page }
  const index = finder.find([...names, 'index.html'])
  return index === undefined ? undefined : { kind: 'redirect', path: `${path}/` }
}

function toFolder(path: string): Target {
  return { kind: 'redirect', path: path.slice(0, path.lastIndexOf('/') + 1) }
}
