import type { EncodingName } from './accept-encoding.ts'
import type { AssetHeaders } from './asset-answer.ts'
import { toContentType } from './send-file.ts'
import type { SentFile } from './send-file.ts'

export interface FileHeadersOptions {
  /** Name of the file itself, not of its pre-compressed sibling. */
  readonly name: string
  readonly encoding: EncodingName | undefined
  readonly hasSiblings: boolean
}

/** The server's own headers of a file, before the rules of `_headers`. */
export function toFileHeaders(
  sent: SentFile,
  { name, encoding, hasSiblings }: FileHeadersOptions
): AssetHeaders {
  const hasContent = sent.status === 200 || sent.status === 206
  if (sent.status > 399) return sent.headers
  return {
    ...sent.headers,
    'cache-control': 'public, max-age=0, must-revalidate',
    'x-content-type-options': 'nosniff',
    ...(hasContent ? { 'content-type': toContentType(name) } : {}),
    ...(hasContent && encoding !== undefined ? { 'content-encoding': encoding } : {}),
    ...(hasSiblings ? { vary: 'accept-encoding' } : {})
  }
}

/** A shared cache must not keep what was sent to someone who had to say who they are; Pages does the same. */
export function withoutSharedCaching(headers: AssetHeaders): AssetHeaders {
  const { 'cache-control': _, ...rest } = headers
  return rest
}

/** The page says that there is nothing here: nothing to revalidate, resume or keep. */
export function toNotFoundHeaders(headers: AssetHeaders): AssetHeaders {
  const { etag: _, 'last-modified': __, 'accept-ranges': ___, ...rest } = headers
  return { ...rest, 'cache-control': 'no-store' }
}

/** RFC 9110 section 15.4.5: what describes a body goes, what describes the file stays. */
export function toNotModifiedHeaders(headers: AssetHeaders): AssetHeaders {
  const { 'content-type': _, 'content-length': __, 'content-encoding': ___, ...rest } = headers
  return Object.freeze(rest)
}
