import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'

/** What the asset layer reads of a request. */
export interface AssetRequest {
  readonly method: string
  /** Canonical path (`toCanonicalUrl`) without the query. */
  readonly path: string
  /** `''` or `?` and the query, as received. */
  readonly search: string
  readonly headers: IncomingHttpHeaders
}

/** Names in lower case. */
export type AssetHeaders = Readonly<Record<string, string | string[]>>

/**
 * What to send. Answers for hot files are shared between requests and frozen: read them, never change them.
 *
 * - `file`: 200, 206, 304, 412 or 416, a rewrite or the single-page fallback included.
 * - `redirect`: a rule of `_redirects`, or the 308 to the one URL of a page.
 * - `not-found`: the nearest 404.html, status 404. The caller may have something better to say first (405).
 * - `method-not-allowed`: there is a file, but the method is neither GET nor HEAD.
 */
export interface AssetAnswer {
  readonly kind: 'file' | 'redirect' | 'not-found' | 'method-not-allowed'
  readonly status: number
  readonly headers: AssetHeaders
  /** Undefined: no body (HEAD, 304, redirects). A stream must be read to its end or destroyed. */
  readonly body: Buffer | Readable | undefined
}
