import { basename } from 'node:path'
import type { Problem } from '../errors.ts'
import type { AssetAnswer, AssetRequest } from './asset-answer.ts'
import { FolderAssets } from './folder-assets.ts'
import type { NotFoundHandling } from './folder-assets.ts'
import { readSite } from './read-site.ts'

export interface AssetsOptions {
  /** Absolute path of the folder. */
  readonly dir: string
  /** The folder as problems name it, below the project's directory. Default: the last part of `dir`. */
  readonly label?: string
  /** Default `nearest-404`. */
  readonly notFoundHandling?: NotFoundHandling
  /** Absolute paths (as asked, and real) that are never sent, for example handler sources. Default: none. */
  readonly exclude?: (absolutePath: string) => boolean
  /**
   * Asked when a symbolic link leads from one place of the folder to another; both are URL paths, decoded. Answer
   * false where a guard covers `toPath` but not `fromPath`: the link is then not found. Default: true.
   */
  readonly mayAlias?: (fromPath: string, toPath: string) => boolean
  /** Called with each problem of `_headers`, `_redirects` and the folder, at creation and by `invalidate`. */
  readonly onProblem?: (problem: Problem) => void
  /** Larger files are streamed. Default 262144 (256 KB). */
  readonly maxCachedFileBytes?: number
  /** Memory for all small files together. Default 67108864 (64 MB); 0 switches the cache off. */
  readonly maxCacheBytes?: number
  /** How long a file in memory is trusted before the disk is asked again. Default 500. */
  readonly recheckMs?: number
}

export interface Assets {
  /** Of the folder, `_headers` and `_redirects`, with line numbers. All are warnings. */
  readonly problems: readonly Problem[]
  /**
   * What to send for a request, or undefined where the folder has nothing to say. At once for what is in memory,
   * a promise where the disk must be read. Redirects hold for every method; files for GET and HEAD.
   */
  respond(request: AssetRequest): AssetAnswer | undefined | Promise<AssetAnswer | undefined>
  /** Forgets what is in memory and reads `_headers` and `_redirects` anew. */
  invalidate(): void
  close(): void
}

/**
 * Serves a folder: pages without extension, 404.html, `_headers`, `_redirects`, pre-compressed siblings, ranges
 * and conditional requests; small hot files come from memory. A missing folder is a warning and serves nothing.
 *
 * @example
 * const assets = createAssets({ dir: '/srv/site/public' })
 * const answer = await assets.respond({ method: 'GET', path: '/about', search: '', headers: request.headers })
 */
export function createAssets(options: AssetsOptions): Assets {
  const site = {
    dir: options.dir,
    label: options.label ?? basename(options.dir),
    exclude: options.exclude ?? (() => false),
    mayAlias: options.mayAlias ?? (() => true)
  }
  return new FolderAssets({
    readSite: () => readSite(site),
    notFoundHandling: options.notFoundHandling ?? 'nearest-404',
    onProblem: options.onProblem ?? (() => undefined),
    maxCachedFileBytes: options.maxCachedFileBytes ?? 256 * 1024,
    maxCacheBytes: options.maxCacheBytes ?? 64 * 1024 * 1024,
    recheckMs: options.recheckMs ?? 500
  })
}
