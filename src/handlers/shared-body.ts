import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { TreewayError } from '../errors.ts'

/** The body of a request that several functions may read: set on requests that pass through middleware. */
export const sharedBody = Symbol('treeway.sharedBody')

declare module 'fastify' {
  interface FastifyRequest {
    [sharedBody]?: SharedBody
  }
}

/** How much of a streamed body stays in memory for whoever reads it later. What is read whole stays whole. */
const KEPT_BYTES = 1_048_576

/**
 * A body that each middleware and the handler can read, one after the other or at once. Nothing is read before the
 * first of them asks, and a long body that only one of them streams is never held in memory.
 */
export class SharedBody {
  readonly #source: Readable
  #iterator: AsyncIterator<Buffer> | undefined
  /** The last chunks that came; the first of them is chunk number `#dropped`. */
  readonly #chunks: Buffer[] = []
  #dropped = 0
  #size = 0
  #hasEnded = false
  #keepsAll = false
  #pending: Promise<void> | undefined
  #whole: Promise<Buffer> | undefined

  constructor(source: Readable) {
    this.#source = source
  }

  /** Whether `stream` no longer is the whole body: some of it was read, or another body stands in its place. */
  isElsewhere(stream: Readable): boolean {
    return this.#iterator !== undefined || this.#source !== stream
  }

  /** From now on all of it stays, however it is read. */
  keep(): void {
    this.#keepsAll = true
  }

  /** All of it. Throws TREEWAY_BODY_TOO_LARGE past `maxBytes`. */
  async read(maxBytes: number): Promise<Buffer> {
    this.keep()
    this.#whole ??= this.#readWhole(maxBytes)
    const bytes = await this.#whole
    if (bytes.length > maxBytes) throw toTooLarge(maxBytes)
    return bytes
  }

  /** From the beginning, as a Web stream that pulls no more than its reader asks for, and fails past `maxBytes`. */
  toWebStream(maxBytes: number): ReadableStream<Uint8Array> {
    let index = 0
    let size = 0
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const chunk = await this.#take(index++)
          size += chunk?.length ?? 0
          if (size > maxBytes) throw toTooLarge(maxBytes)
          if (chunk) controller.enqueue(toBytes(chunk))
          else controller.close()
        }
      },
      { highWaterMark: 0 }
    )
  }

  /** From the beginning, for a Node stream. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (let index = 0; ; index++) {
      const chunk = await this.#take(index)
      if (!chunk) return
      yield chunk
    }
  }

  async #readWhole(maxBytes: number): Promise<Buffer> {
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of this) {
      size += chunk.length
      if (size > maxBytes) throw toTooLarge(maxBytes)
      chunks.push(chunk)
    }
    return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
  }

  async #take(index: number): Promise<Buffer | undefined> {
    while (index >= this.#dropped + this.#chunks.length && !this.#hasEnded) {
      this.#pending ??= this.#pull().finally(() => (this.#pending = undefined))
      await this.#pending
    }
    if (index < this.#dropped) throw toStreamedAway()
    return this.#chunks[index - this.#dropped]
  }

  async #pull(): Promise<void> {
    this.#iterator ??= this.#source.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>
    const { done, value } = await this.#iterator.next()
    if (done) {
      this.#hasEnded = true
      return
    }
    const chunk = Buffer.isBuffer(value) ? value : Buffer.from(value)
    this.#chunks.push(chunk)
    this.#size += chunk.length
    // The newest chunk always stays: somebody is waiting for it.
    while (!this.#keepsAll && this.#size > KEPT_BYTES && this.#chunks.length > 1) this.#drop()
  }

  #drop(): void {
    this.#size -= this.#chunks.shift()?.length ?? 0
    this.#dropped += 1
  }
}

/** The body that middleware and handler share; made when the first of them is called. */
export function toSharedBody(request: FastifyRequest): SharedBody {
  return (request[sharedBody] ??= new SharedBody(request.raw))
}

/** Readers of Web streams expect no Buffer. */
function toBytes({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function toTooLarge(maxBytes: number): TreewayError {
  return new TreewayError('TREEWAY_BODY_TOO_LARGE', `The request body is larger than ${maxBytes} bytes.`)
}

/** As a Request says it whose body was read: a TypeError. */
function toStreamedAway(): TypeError {
  return new TypeError('Body is unusable: more than 1 MB of it was streamed to another function already.')
}
