import type { FastifyRequest } from 'fastify'
import { settleBody } from './body-modes.ts'
import { LazyNodeRequest } from './lazy-request.ts'
import type { RequestParts } from './lazy-request.ts'

/**
 * A request whose JSON was parsed for its schema. `json()` gives that very value, so that nothing is parsed twice; whoever
 * asks for text or bytes gets them as the schema left them.
 */
export class ValidatedRequest extends LazyNodeRequest {
  readonly #parsed: FastifyRequest
  #isTaken = false
  #isSettled = false

  constructor(parts: RequestParts, parsed: FastifyRequest) {
    super(parts)
    this.#parsed = parsed
  }

  override json(): Promise<unknown> {
    if (this.#isSettled || this.bodyUsed) {
      this.#settle()
      return super.json()
    }
    this.#isTaken = true
    return Promise.resolve(this.#parsed.body)
  }

  override text(): Promise<string> {
    this.#settle()
    return super.text()
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    this.#settle()
    return super.arrayBuffer()
  }

  override bytes(): Promise<Uint8Array<ArrayBuffer>> {
    this.#settle()
    return super.bytes()
  }

  override blob(): Promise<Blob> {
    this.#settle()
    return super.blob()
  }

  override formData(): Promise<FormData> {
    this.#settle()
    return super.formData()
  }

  override get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    this.#settle()
    return super.body
  }

  override get bodyUsed(): boolean {
    return this.#isTaken || super.bodyUsed
  }

  override get _request(): Request {
    this.#settle()
    return super._request
  }

  /** From now on the bytes count. Where the value was taken, they are used up. */
  #settle(): void {
    if (this.#isSettled) return
    this.#isSettled = true
    if (this.#isTaken) void super.text()
    else settleBody(this.#parsed)
  }
}
