import type { FastifyReply } from 'fastify'
import type { Overridable } from './overridable.ts'

/**
 * What the setters of a reply return: the same reply, only not awaitable. A reply is a thenable that waits until the
 * answer is sent; so on plain Fastify `await reply.headers({ ... })` before `reply.send()` waits for ever.
 * `await reply`, `return reply` and `await reply.code(404).send()` still wait, because `send` returns the reply itself.
 */
export class ReplyView {
  readonly #reply: FastifyReply

  constructor(reply: FastifyReply) {
    this.#reply = reply
  }

  /** The reply behind a view; undefined for anything else. */
  static toReply(value: unknown): FastifyReply | undefined {
    return typeof value === 'object' && value !== null && #reply in value ? value.#reply : undefined
  }

  code(status: number): this {
    this.#reply.code(status)
    return this
  }

  status(status: number): this {
    this.#reply.status(status)
    return this
  }

  header(name: string, value?: unknown): this {
    this.#reply.header(name, value)
    return this
  }

  headers(values: Record<string, unknown>): this {
    this.#reply.headers(values as Parameters<FastifyReply['headers']>[0])
    return this
  }

  type(contentType: string): this {
    this.#reply.type(contentType)
    return this
  }

  send(payload?: unknown): FastifyReply {
    return this.#reply.send(payload)
  }
}

/** Everything else a view is asked for goes to its reply: other methods, decorators, symbols of plugins. */
const passThrough = new Proxy(Object.create(null), {
  get(_target, key, view) {
    const reply = ReplyView.toReply(view)
    if (reply === undefined) return undefined
    const value: unknown = Reflect.get(reply, key)
    return typeof value === 'function' ? value.bind(reply) : value
  },
  set(_target, key, value, view) {
    const reply = ReplyView.toReply(view)
    return reply !== undefined && Reflect.set(reply, key, value)
  }
})

Object.defineProperty(ReplyView.prototype, 'then', { value: undefined })
Object.setPrototypeOf(ReplyView.prototype, passThrough)

/** Methods of a reply that return it for chaining and do not send. */
const setters = ['removeHeader', 'serializer', 'trailer', 'removeTrailer', 'writeEarlyHints']

/** Makes the setters return views. */
export function registerReplyView(overridable: Overridable): void {
  for (const name of ['code', 'status', 'headers', 'type']) {
    overridable.replyMethod(name, (below) => {
      return function setOne(value) {
        below(this).call(this, value)
        return new ReplyView(this)
      }
    })
  }
  overridable.replyMethod('header', (below) => {
    return function header(name, value) {
      below(this).call(this, name, value)
      return new ReplyView(this)
    }
  })
  for (const name of setters) {
    overridable.replyMethod(name, (below) => {
      return function set(...values) {
        below(this).apply(this, values)
        return new ReplyView(this)
      }
    })
  }
}
