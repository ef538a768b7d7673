/** A body that is all there, read as a stream. */
export interface BodyStream {
  readonly readable: ReadableStream<Uint8Array>
  /** Somebody began to read. */
  isRead: boolean
}

/** What `new Response(response.body)` takes in place of the stream, which would cost as much as the rest of a request. */
const sources = new WeakMap<
  ReadableStream,
  { readonly stream: BodyStream; readonly body: string | Uint8Array }
>()

export function isInMemory(body: unknown): body is string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array
}

export function createBodyStream(body: string | Uint8Array): BodyStream {
  const stream: BodyStream = {
    isRead: false,
    readable: new ReadableStream(
      {
        type: 'bytes',
        pull(controller) {
          stream.isRead = true
          // A stream takes its bytes away from whoever had them, so it gets some of its own.
          const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body)
          if (bytes.length > 0) controller.enqueue(bytes)
          controller.close()
          // A reader with a buffer of its own waits for an answer to that.
          controller.byobRequest?.respond(0)
        },
        cancel() {
          stream.isRead = true
        }
      },
      { highWaterMark: 0 }
    )
  }
  sources.set(stream.readable, { stream, body })
  return stream
}

/** Nobody has read of it, and nobody is about to. */
export function isWhole({ isRead, readable }: BodyStream): boolean {
  return !isRead && !readable.locked
}

/**
 * The body itself where `readable` is the stream of one; else `readable`.
 * @throws TypeError, as Node does, where somebody read of it already.
 */
export function toStreamed(readable: ReadableStream): ReadableStream | string | Uint8Array {
  const source = sources.get(readable)
  if (source === undefined) return readable
  if (isWhole(source.stream)) return source.body
  throw new TypeError('Response body object should not be disturbed or locked')
}
