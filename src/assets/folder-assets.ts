import type { Problem } from '../errors.ts'
import { chooseEncoding } from './accept-encoding.ts'
import type { AssetAnswer, AssetHeaders, AssetRequest } from './asset-answer.ts'
import {
  toFileHeaders,
  toNotFoundHeaders,
  toNotModifiedHeaders,
  withoutSharedCaching
} from './file-headers.ts'
import type { FileFinder, FoundFile } from './find-file.ts'
import { answerFromMemory, chooseVariant, loadHotFile } from './hot-file.ts'
import type { HotFile } from './hot-file.ts'
import { findNearest404, lookupPath, lookupRewrite } from './lookup-path.ts'
import { MemoryCache } from './memory-cache.ts'
import type { Site } from './read-site.ts'
import { toAscii } from './rule-path.ts'
import { describeSelection, selectFile } from './select-file.ts'
import type { Selection } from './select-file.ts'
import { sendFile } from './send-file.ts'
import type { SentFile } from './send-file.ts'
import { isPageRequest } from './single-page.ts'

export type NotFoundHandling =
  /** The nearest 404.html above the path, if there is one. */
  | 'nearest-404'
  /** /index.html with 200 where a browser asks for a page, else the nearest 404.html. */
  | 'single-page-application'
  /** Never a page: the caller's own 404. */
  | '404'

export interface FolderAssetsOptions {
  readonly readSite: () => Site
  readonly notFoundHandling: NotFoundHandling
  readonly onProblem: (problem: Problem) => void
  readonly maxCachedFileBytes: number
  readonly maxCacheBytes: number
  readonly recheckMs: number
}

type Answer = AssetAnswer | undefined

/** A folder that is served; `create-assets.ts` says what each method promises. */
export class FolderAssets {
  readonly #options: FolderAssetsOptions
  /** By canonical path, with answers ready; by `page:` and real path for what answers at many paths. */
  readonly #hot: MemoryCache<HotFile>
  readonly #loading = new Map<string, Promise<HotFile | undefined>>()
  #site: Site

  constructor(options: FolderAssetsOptions) {
    this.#options = options
    this.#hot = new MemoryCache(options.maxCacheBytes)
    this.#site = options.readSite()
    this.#site.problems.forEach((problem) => options.onProblem(problem))
  }

  get problems(): readonly Problem[] {
    return this.#site.problems
  }

  respond(request: AssetRequest): Answer | Promise<Answer> {
    const { finder } = this.#site
    if (finder === undefined) return undefined
    const hot = isRead(request.method) ? this.#hot.get(request.path) : undefined
    if (hot !== undefined && this.#isCurrent(hot, request.path, finder)) {
      const answer = this.#answerHot(hot, request)
      if (answer !== undefined) return answer
    }
    return this.#respondFromDisk(request, finder)
  }

  invalidate(): void {
    this.close()
    this.#site = this.#options.readSite()
    this.#site.problems.forEach((problem) => this.#options.onProblem(problem))
  }

  close(): void {
    this.#hot.clear()
    this.#loading.clear()
  }

  /** A path in memory had no rule in `_redirects` when it was read, and rules change only with the site. */
  #isCurrent(hot: HotFile, path: string, finder: FileFinder): boolean {
    const now = performance.now()
    if (now - hot.checkedAtMs < this.#options.recheckMs) return true
    const target = lookupPath(path, finder)
    if (target?.kind === 'file' && selectFile(target.file, finder).fingerprint === hot.fingerprint) {
      hot.checkedAtMs = now
      return true
    }
    this.#hot.delete(path)
    return false
  }

  #respondFromDisk(request: AssetRequest, finder: FileFinder): Answer | Promise<Answer> {
    const redirect = this.#site.findRedirect(request.path, request.search)
    if (redirect !== undefined && redirect.status !== 200)
      return this.#redirect(request, redirect.status, redirect.location)
    const target =
      redirect === undefined ? lookupPath(request.path, finder) : lookupRewrite(redirect.location, finder)
    if (!isRead(request.method)) return target === undefined ? undefined : this.#refuseMethod(request)
    if (target === undefined) return this.#respondNotFound(request, finder)
    if (target.kind === 'redirect') return this.#redirect(request, 308, target.path + toAscii(request.search))
    const key = redirect === undefined ? request.path : toPageKey(target.file)
    return this.#deliver(request, selectFile(target.file, finder), key)
  }

  #respondNotFound(request: AssetRequest, finder: FileFinder): Answer | Promise<Answer> {
    const { notFoundHandling } = this.#options
    if (notFoundHandling === '404') return undefined
    if (notFoundHandling === 'single-page-application' && isPageRequest(request)) {
      const page = finder.find(['index.html'])
      if (page !== undefined) return this.#deliver(request, selectFile(page, finder), toPageKey(page))
    }
    const page = findNearest404(request.path, finder)
    return page === undefined ? undefined : this.#deliverNotFound(request, selectFile(page, finder))
  }

  async #deliver(request: AssetRequest, selection: Selection, key: string): Promise<Answer> {
    const hot = await this.#load(selection, key)
    const answer = hot && this.#answerHot(hot, request)
    if (answer !== undefined) return answer
    const sent = await this.#send(request, selection)
    return (
      sent && {
        kind: 'file',
        status: sent.status,
        headers: this.#decorate(sent.headers, request),
        body: sent.body
      }
    )
  }

  async #deliverNotFound(request: AssetRequest, selection: Selection): Promise<Answer> {
    const hot = await this.#load(selection, toPageKey(selection.file))
    const sent = hot?.plain ?? (await this.#send({ ...request, headers: {} }, selection))
    if (sent === undefined) return undefined
    const headers = {
      ...this.#decorate(toNotFoundHeaders(sent.headers), request),
      'cache-control': 'no-store'
    }
    return {
      kind: 'not-found',
      status: 404,
      headers,
      body: request.method === 'HEAD' ? undefined : sent.body
    }
  }

  #answerHot(hot: HotFile, request: AssetRequest): Answer {
    const ready = answerFromMemory(hot, request)
    const isReady = !hot.isShared && !this.#site.hasHostRules && request.headers.authorization === undefined
    if (isReady || ready === undefined) return ready
    const { headers } = chooseVariant(hot, request.headers['accept-encoding'])
    return {
      ...ready,
      headers: this.#decorate(ready.status === 304 ? toNotModifiedHeaders(headers) : headers, request)
    }
  }

  /** Undefined: too large for memory, or gone. */
  #load(selection: Selection, key: string): Promise<HotFile | undefined> | HotFile | undefined {
    const known = this.#hot.get(key)
    if (known?.fingerprint === selection.fingerprint) return known
    const { maxCacheBytes, maxCachedFileBytes } = this.#options
    const files = [selection.file, ...selection.siblings.map((sibling) => sibling.file)]
    if (maxCacheBytes === 0 || files.some((file) => file.size > maxCachedFileBytes)) return undefined
    const id = `${key}\n${selection.fingerprint}`
    const loading = this.#loading.get(id) ?? this.#startLoading(selection, { key, id })
    this.#loading.set(id, loading)
    return loading
  }

  /** However many ask for a cold file at once, it is read once. */
  async #startLoading(
    selection: Selection,
    { key, id }: { key: string; id: string }
  ): Promise<HotFile | undefined> {
    const site = this.#site
    try {
      const hot = await loadHotFile(selection, {
        key,
        isShared: key.startsWith(pageKeyPrefix),
        decorate: (own) => site.decorate(own, { path: key, host: undefined })
      })
      if (hot !== undefined && site === this.#site) this.#hot.set(key, hot)
      return hot
    } finally {
      this.#loading.delete(id)
    }
  }

  async #send(request: AssetRequest, selection: Selection): Promise<SentFile | undefined> {
    const { method, headers } = request
    const available = selection.siblings.map((sibling) => sibling.encoding)
    // a range counts bytes of the file itself, whatever else the client takes
    const encoding =
      headers.range === undefined ? chooseEncoding(available, headers['accept-encoding']) : undefined
    const sibling = selection.siblings.find((each) => each.encoding === encoding)
    const sent = await sendFile(sibling?.file ?? selection.file, { method, headers })
    return sent && { ...sent, headers: toFileHeaders(sent, { ...describeSelection(selection), encoding }) }
  }

  #redirect(request: AssetRequest, status: number, location: string): AssetAnswer {
    return { kind: 'redirect', status, headers: this.#decorate({ location }, request), body: undefined }
  }

  #refuseMethod(request: AssetRequest): AssetAnswer {
    const headers = this.#decorate({ allow: 'GET, HEAD' }, request)
    return { kind: 'method-not-allowed', status: 405, headers, body: undefined }
  }

  #decorate(own: AssetHeaders, { path, headers }: AssetRequest): AssetHeaders {
    const cacheable = headers.authorization === undefined ? own : withoutSharedCaching(own)
    return this.#site.decorate(cacheable, { path, host: headers.host })
  }
}

const pageKeyPrefix = 'page:'

function toPageKey(file: FoundFile): string {
  return pageKeyPrefix + file.realPath
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}
