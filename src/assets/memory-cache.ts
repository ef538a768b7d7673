/** What the cache keeps. */
export interface Cached {
  /** Memory it holds on to. */
  readonly bytes: number
  /** Set on each hit, cleared once before an entry is dropped. */
  used: boolean
}

/**
 * A map bounded in bytes. What was not asked for lately goes first: a clock (second chance), which approximates
 * least-recently-used and costs a hit no more than setting a flag.
 */
export class MemoryCache<Value extends Cached> {
  readonly #maxBytes: number
  readonly #entries = new Map<string, Value>()
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  get(key: string): Value | undefined {
    const value = this.#entries.get(key)
    if (value !== undefined) value.used = true
    return value
  }

  set(key: string, value: Value): void {
    this.delete(key)
    if (value.bytes > this.#maxBytes) return
    this.#entries.set(key, value)
    this.#bytes += value.bytes
    if (this.#bytes > this.#maxBytes) this.#dropColdest()
  }

  delete(key: string): void {
    const value = this.#entries.get(key)
    if (value === undefined) return
    this.#entries.delete(key)
    this.#bytes -= value.bytes
  }

  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
  }

  #dropColdest(): void {
    // a Map walks in order of insertion and meets again what is inserted anew behind the hand
    for (const [key, value] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) return
      this.delete(key)
      if (!value.used) continue
      value.used = false
      this.#entries.set(key, value)
      this.#bytes += value.bytes
    }
  }
}
