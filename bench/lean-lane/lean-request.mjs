import { createRequire } from 'node:module'

const require = createRequire(import.meta.resolve('fastify'))
const { parse } = require('fast-querystring')

let count = 0

/** What the styles read of Fastify's request; what is not read is not made. */
export class LeanRequest {
  constructor(raw, url, params) {
    this.raw = raw
    this.url = url
    this.params = params
    this.id = `req-${(count = (count + 1) & 0x7f_ff_ff_ff).toString(36)}`
  }

  get originalUrl() {
    return this.raw.url
  }

  get method() {
    return this.raw.method
  }

  get headers() {
    return this.raw.headers
  }

  get ip() {
    return this.raw.socket.remoteAddress
  }

  get query() {
    const at = this.url.indexOf('?')
    return at === -1 ? Object.create(null) : parse(this.url.slice(at + 1))
  }
}
