/**
 * Frames of the worker protocol: `docs/worker-protocol.md` is the specification, `workers/protocol/` its golden
 * bytes. Two big-endian u32 lengths, a JSON header, raw body bytes.
 */
export const PROTOCOL_VERSION = 1
export const MAX_HEADER_BYTES = 1024 * 1024
export const MAX_BODY_BYTES = 1024 * 1024 * 1024
/** How far a streamed answer may be ahead of its acks. */
export const WINDOW_BYTES = 256 * 1024
/** Request bodies above this are cut into `data` frames of at most this size. */
export const BODY_PIECE_BYTES = 256 * 1024

const LENGTHS_BYTES = 8

export type WorkerHeaders = Readonly<Record<string, string | readonly string[]>>

/** What a worker may send, checked. */
export type WorkerFrame =
  | { readonly kind: 'ready'; readonly version: number; readonly tellsTimes: boolean }
  | {
      readonly kind: 'answer' | 'head'
      readonly id: number
      /** How long the handler ran; 0 is less than a millisecond. Holds where the worker tells times. */
      readonly tookMs: number
      readonly status: number
      readonly headers: WorkerHeaders
    }
  | { readonly kind: 'data' | 'end' | 'done'; readonly id: number }
  | { readonly kind: 'bye' }
  | { readonly kind: 'fail'; readonly id: number; readonly failure: WorkerFailure }
  | { readonly kind: 'log'; readonly requestId: string | undefined; readonly stream: 'stdout' | 'stderr' }

/** Why a call or a check failed, in the worker's words. */
export interface WorkerFailure {
  readonly code: string
  readonly message: string
  /** Absolute. */
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

/** The bytes do not follow the protocol: whoever sent them can not be talked to any more. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

/** One frame as bytes. For many small ones use FrameWriter, which joins them. */
export function encodeFrame(header: string, body?: Uint8Array): Buffer {
  const headerLength = Buffer.byteLength(header)
  const bodyLength = body?.length ?? 0
  const frame = Buffer.allocUnsafe(LENGTHS_BYTES + headerLength + bodyLength)
  frame.writeUInt32BE(headerLength, 0)
  frame.writeUInt32BE(bodyLength, 4)
  frame.write(header, LENGTHS_BYTES, 'utf8')
  if (body !== undefined) frame.set(body, LENGTHS_BYTES + headerLength)
  return frame
}

/**
 * Cuts a byte stream into frames. Bodies are views into the chunk they came in where they came whole, and one buffer
 * of their own otherwise: nothing is copied twice.
 */
export class FrameReader {
  readonly #onFrame: (header: unknown, body: Buffer) => void
  readonly #heads = new AnswerHeads()
  /** The beginning of a frame that has not come whole. */
  #partial: Buffer | undefined
  #filled = 0

  constructor(onFrame: (header: unknown, body: Buffer) => void) {
    this.#onFrame = onFrame
  }

  /** True between frames: an end of the stream here is clean. */
  get isIdle(): boolean {
    return this.#partial === undefined
  }

  /** Throws a ProtocolError; the reader is of no use afterwards. */
  push(chunk: Buffer): void {
    let offset = this.#partial === undefined ? 0 : this.#fill(this.#partial, chunk)
    while (this.#partial === undefined && offset < chunk.length) {
      const left = chunk.length - offset
      const total = left < LENGTHS_BYTES ? LENGTHS_BYTES : readFrameLength(chunk, offset)
      if (left < total) {
        this.#keep(chunk, offset, total)
        return
      }
      this.#emit(chunk, offset, total)
      offset += total
    }
  }

  #keep(chunk: Buffer, offset: number, total: number): void {
    this.#partial = Buffer.allocUnsafeSlow(total)
    this.#filled = chunk.copy(this.#partial, 0, offset)
  }

  /** Returns how many bytes of `chunk` the partial frame took. */
  #fill(partial: Buffer, chunk: Buffer): number {
    const taken = chunk.copy(partial, this.#filled)
    this.#filled += taken
    if (this.#filled < partial.length) return taken
    if (partial.length > LENGTHS_BYTES) {
      this.#partial = undefined
      this.#emit(partial, 0, partial.length)
      return taken
    }
    // only the lengths were known to be missing: now the frame's size is known
    this.#keep(partial, 0, readFrameLength(partial, 0))
    const rest = chunk.subarray(taken)
    return taken + (this.#partial === undefined ? 0 : this.#fill(this.#partial, rest))
  }

  #emit(bytes: Buffer, offset: number, total: number): void {
    const start = offset + LENGTHS_BYTES
    const headerEnd = start + bytes.readUInt32BE(offset)
    const text = bytes.toString('utf8', start, headerEnd)
    const header =
      this.#heads.find(text) ?? this.#heads.keep(text, parseHeader(text, bytes.subarray(start, headerEnd)))
    this.#onFrame(header, bytes.subarray(headerEnd, offset + total))
  }
}

function readFrameLength(bytes: Buffer, offset: number): number {
  const headerLength = bytes.readUInt32BE(offset)
  const bodyLength = bytes.readUInt32BE(offset + 4)
  if (headerLength === 0 || headerLength > MAX_HEADER_BYTES) {
    throw new ProtocolError(`A frame header of ${headerLength} bytes; 1 to ${MAX_HEADER_BYTES} are allowed`)
  }
  if (bodyLength > MAX_BODY_BYTES) {
    throw new ProtocolError(`A frame body of ${bodyLength} bytes; at most ${MAX_BODY_BYTES} are allowed`)
  }
  return LENGTHS_BYTES + headerLength + bodyLength
}

const ANSWER_START = '{"k":"answer","i":'
const MAX_KEPT_HEADS = 500

/** Answers of one route have the same status and headers most of the time: what follows their number is parsed once. */
class AnswerHeads {
  readonly #byRest = new Map<string, Readonly<Record<string, unknown>>>()

  find(text: string): unknown {
    if (!text.startsWith(ANSWER_START)) return undefined
    const end = text.indexOf(',', ANSWER_START.length)
    const known = end === -1 ? undefined : this.#byRest.get(text.slice(end))
    if (known === undefined) return undefined
    const digits = text.slice(ANSWER_START.length, end)
    const id = Number(digits)
    if (String(id) !== digits) return undefined
    return { k: 'answer', i: id, s: known['s'], h: known['h'], t: known['t'] }
  }

  /** Gives `header` back. One with a list of values is not kept: whoever gets it may add to the list. */
  keep(text: string, header: Readonly<Record<string, unknown>>): unknown {
    if (!text.startsWith(ANSWER_START) || this.#byRest.size >= MAX_KEPT_HEADS || text.includes('['))
      return header
    const end = text.indexOf(',', ANSWER_START.length)
    const isPlain = header['k'] === 'answer' && String(header['i']) === text.slice(ANSWER_START.length, end)
    if (isPlain) this.#byRest.set(text.slice(end), header)
    return header
  }
}

function parseHeader(text: string, bytes: Buffer): Readonly<Record<string, unknown>> {
  // U+FFFD is the decoder's mark for bytes that are no UTF-8; a header may also hold it rightfully
  if (text.includes('\ufffd') && !Buffer.from(text).equals(bytes)) {
    throw new ProtocolError('A frame header that is not UTF-8')
  }
  try {
    const header: unknown = JSON.parse(text)
    if (isMap(header)) return header
  } catch {
    // told below, with the text
  }
  throw new ProtocolError(`A frame header that is not a JSON object: ${text.slice(0, 200)}`)
}

/** Checks a header that came from a worker. Undefined: a kind this version does not know, to be ignored. */
export function toWorkerFrame(header: unknown): WorkerFrame | undefined {
  if (!isMap(header)) throw new ProtocolError('A frame header that is not a JSON object')
  switch (header['k']) {
    case 'answer':
    case 'head':
      return toAnswerFrame(header['k'], header)
    case 'data':
    case 'end':
    case 'done':
      return { kind: header['k'], id: toId(header) }
    case 'fail':
      return { kind: 'fail', id: toId(header), failure: toFailure(header) }
    case 'log':
      return {
        kind: 'log',
        requestId: typeof header['r'] === 'string' ? header['r'] : undefined,
        stream: header['o'] === 'err' ? 'stderr' : 'stdout'
      }
    case 'bye':
      return { kind: 'bye' }
    case 'ready':
      return { kind: 'ready', version: Number(header['v']), tellsTimes: header['times'] === true }
    default:
      return undefined
  }
}

function toAnswerFrame(kind: 'answer' | 'head', header: Readonly<Record<string, unknown>>): WorkerFrame {
  const status = header['s']
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) {
    throw new ProtocolError(`A frame with the status ${JSON.stringify(status)}`)
  }
  const tookMs = header['t']
  return {
    kind,
    id: toId(header),
    tookMs: typeof tookMs === 'number' ? tookMs : 0,
    status,
    headers: toHeaders(header['h'])
  }
}

function toHeaders(value: unknown): WorkerHeaders {
  if (!isMap(value) || !Object.values(value).every(isHeaderValue)) {
    throw new ProtocolError(`A frame with the headers ${JSON.stringify(value)?.slice(0, 200)}`)
  }
  return value as WorkerHeaders
}

function isHeaderValue(value: unknown): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string'))
}

function toId(header: Readonly<Record<string, unknown>>): number {
  const id = header['i']
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) {
    throw new ProtocolError(`A ${String(header['k'])} frame with the number ${JSON.stringify(id)}`)
  }
  return id
}

function toFailure(header: Readonly<Record<string, unknown>>): WorkerFailure {
  const { c: code, m: message, file, line, column } = header
  return {
    code: typeof code === 'string' ? code : 'TREEWAY_HANDLER_FAILED',
    message: typeof message === 'string' ? message : 'The worker gave no reason',
    ...(typeof file === 'string' && { file }),
    ...(typeof line === 'number' && { line }),
    ...(typeof column === 'number' && { column })
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
