import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { chooseEncoding } from './accept-encoding.ts'
import type { EncodingName } from './accept-encoding.ts'
import type { AssetAnswer, AssetHeaders, AssetRequest } from './asset-answer.ts'
import { toFileHeaders, toNotModifiedHeaders } from './file-headers.ts'
import type { FoundFile } from './find-file.ts'
import type { Cached } from './memory-cache.ts'
import { describeSelection } from './select-file.ts'
import type { Selection } from './select-file.ts'
import { sendFile } from './send-file.ts'

/** A small file in memory with its answers ready, plain and pre-compressed. */
export interface HotFile extends Cached {
  readonly fingerprint: string
  readonly encodings: readonly EncodingName[]
  readonly variants: readonly HotVariant[]
  readonly plain: HotVariant
  /** What was chosen for an Accept-Encoding header before. */
  readonly choices: Map<string, HotVariant>
  /** It answers at many paths (404.html, a rewrite): `_headers` may differ, the ready answers are not for them. */
  readonly isShared: boolean
  /** When the disk was asked last whether it is still the same, by performance.now(). */
  checkedAtMs: number
}

export interface HotVariant {
  readonly encoding: EncodingName | undefined
  readonly etag: string
  readonly body: Buffer
  /** Before the rules of `_headers`. */
  readonly headers: AssetHeaders
  readonly get: AssetAnswer
  readonly head: AssetAnswer
  readonly notModified: AssetAnswer
}

export interface LoadHotFileOptions {
  /** What it is cached by. */
  readonly key: string
  readonly isShared: boolean
  /** The rules of `_headers` for the path the answers are for. */
  readonly decorate: (headers: AssetHeaders) => AssetHeaders
}

/** Reads a file and its siblings. Undefined where one has changed or gone meanwhile. */
export async function loadHotFile(
  selection: Selection,
  options: LoadHotFileOptions
): Promise<HotFile | undefined> {
  const checkedAtMs = performance.now()
  const plain = await loadVariant(selection.file, undefined, { selection, options })
  const siblings = await Promise.all(
    selection.siblings.map(({ file, encoding }) => loadVariant(file, encoding, { selection, options }))
  )
  const variants = siblings.filter((variant) => variant !== undefined)
  if (plain === undefined || variants.length < siblings.length) return undefined
  const bytes = [plain, ...variants].reduce(
    (sum, variant) => sum + variant.body.length + overheadBytes,
    2 * options.key.length
  )
  const encodings = selection.siblings.map((sibling) => sibling.encoding)
  const { isShared } = options
  return {
    fingerprint: selection.fingerprint,
    encodings,
    variants,
    plain,
    choices: new Map(),
    isShared,
    checkedAtMs,
    bytes,
    used: false
  }
}

/**
 * The ready answer, if the request asks for nothing but the file: no range, no condition other than the current
 * entity tag. Undefined: @fastify/send decides.
 */
export function answerFromMemory(hot: HotFile, request: AssetRequest): AssetAnswer | undefined {
  const { headers } = request
  if (
    headers.range !== undefined ||
    headers['if-match'] !== undefined ||
    headers['if-unmodified-since'] !== undefined
  ) {
    return undefined
  }
  const variant = hot.encodings.length === 0 ? hot.plain : chooseVariant(hot, headers['accept-encoding'])
  const etag = headers['if-none-match']
  if (etag === undefined) {
    if (headers['if-modified-since'] !== undefined) return undefined
    return request.method === 'HEAD' ? variant.head : variant.get
  }
  if (etag !== variant.etag || headers['cache-control']?.includes('no-cache') === true) return undefined
  return variant.notModified
}

export function chooseVariant(hot: HotFile, accepted: string | string[] | undefined): HotVariant {
  const key = String(accepted)
  const known = hot.choices.get(key)
  if (known !== undefined) return known
  const encoding = chooseEncoding(hot.encodings, accepted)
  const variant = hot.variants.find((each) => each.encoding === encoding) ?? hot.plain
  if (hot.choices.size < maxChoices && key.length < maxChoiceLength) hot.choices.set(key, variant)
  return variant
}

/** Browsers send a handful of different Accept-Encoding headers; whoever makes up more pays for the parsing. */
const maxChoices = 8
const maxChoiceLength = 64

/** Three answers with their headers, the entry itself. */
const overheadBytes = 2048

async function loadVariant(
  file: FoundFile,
  encoding: EncodingName | undefined,
  { selection, options }: { selection: Selection; options: LoadHotFileOptions }
): Promise<HotVariant | undefined> {
  const sent = await sendFile(file, { method: 'GET', headers: {} })
  const body = sent?.body && (await readBody(sent.body))
  if (sent === undefined || body?.length !== file.size) return undefined
  const headers = toFileHeaders(sent, { ...describeSelection(selection), encoding })
  return toVariant({ encoding, body, headers }, options.decorate)
}

async function readBody(stream: Readable): Promise<Buffer | undefined> {
  try {
    return await buffer(stream)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function toVariant(
  own: Pick<HotVariant, 'encoding' | 'body' | 'headers'>,
  decorate: LoadHotFileOptions['decorate']
): HotVariant {
  const { body } = own
  const headers = Object.freeze(decorate(own.headers))
  return {
    ...own,
    etag: String(own.headers['etag'] ?? ''),
    get: Object.freeze({ kind: 'file', status: 200, headers, body }),
    head: Object.freeze({ kind: 'file', status: 200, headers, body: undefined }),
    notModified: Object.freeze({
      kind: 'file',
      status: 304,
      headers: toNotModifiedHeaders(headers),
      body: undefined
    })
  }
}
