import { Readable } from 'node:stream'

const KEPT_BYTES = 64 * 1024

/** The body of a streamed answer. Tells the worker how much was taken, so that a slow client slows the generator. */
export class AnswerStream extends Readable {
  readonly #onTaken: (bytes: number) => void
  readonly #onClosed: () => void
  #untold = 0

  /** `onTaken`: the reader wants more after these bytes. `onClosed`: it went away before the end. */
  constructor(onTaken: (bytes: number) => void, onClosed: () => void) {
    super({ highWaterMark: KEPT_BYTES })
    this.#onTaken = onTaken
    this.#onClosed = onClosed
  }

  add(piece: Buffer): void {
    if (piece.length === 0 || this.destroyed) return
    this.#untold += piece.length
    // after a push that fits, nobody calls _read until something was taken: tell it here
    if (this.push(piece)) this.#tell()
  }

  end(): void {
    if (!this.destroyed) this.push(null)
  }

  override _read(): void {
    this.#tell()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.readableEnded) this.#onClosed()
    callback(error)
  }

  #tell(): void {
    if (this.#untold === 0) return
    const bytes = this.#untold
    this.#untold = 0
    this.#onTaken(bytes)
  }
}
