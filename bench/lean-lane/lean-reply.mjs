/**
 * What the event, context and web styles ask of Fastify's reply, and nothing else: nobody but our own code ever holds one.
 */
export class LeanReply {
  constructor(request, raw) {
    this.request = request
    this.raw = raw
    this.statusCode = 200
    this.sent = false
    /** Name, value, name, value ...: as writeHead takes them. */
    this.list = []
    this.payload = undefined
  }

  code(statusCode) {
    this.statusCode = statusCode
    return this
  }

  header(name, value) {
    const at = name === 'set-cookie' ? -1 : this.#find(name)
    if (at === -1) this.list.push(name, value)
    else this.list[at + 1] = value
    return this
  }

  headers(values) {
    for (const name in values) this.header(name.toLowerCase(), values[name])
    return this
  }

  hasHeader(name) {
    return this.#find(name) !== -1
  }

  getHeader(name) {
    const at = this.#find(name)
    return at === -1 ? undefined : this.list[at + 1]
  }

  send(payload) {
    this.sent = true
    this.payload = payload
    return this
  }

  #find(name) {
    const { list } = this
    for (let i = 0; i < list.length; i += 2) if (list[i] === name) return i
    return -1
  }
}

const JSON_TYPE = 'application/json; charset=utf-8'

/** Writes status, headers and payload as Fastify does: the same types, a length, no body for HEAD. */
export function writeReply(reply, payload) {
  const { raw, list, statusCode } = reply
  let body = payload
  if (body !== null && typeof body === 'object' && !(body instanceof Uint8Array)) {
    if (isStream(body)) return writeStream(reply, body)
    body = JSON.stringify(body)
    if (!reply.hasHeader('content-type')) list.push('content-type', JSON_TYPE)
  } else if (typeof body === 'string' && body !== '' && !reply.hasHeader('content-type')) {
    list.push('content-type', 'text/plain; charset=utf-8')
  }
  if (body === undefined || body === null) body = ''
  if (statusCode >= 200 && statusCode !== 204 && statusCode !== 304 && !reply.hasHeader('content-length'))
    list.push('content-length', typeof body === 'string' ? Buffer.byteLength(body) : body.length)
  raw.writeHead(statusCode, list)
  raw.end(raw.req.method === 'HEAD' ? undefined : body)
}

function isStream(body) {
  return typeof body.pipe === 'function' || body instanceof ReadableStream
}

async function writeStream({ raw, list, statusCode }, body) {
  raw.writeHead(statusCode, list)
  try {
    for await (const chunk of body) {
      if (!raw.write(chunk)) await new Promise((resolve) => raw.once('drain', resolve))
    }
    raw.end()
  } catch (error) {
    raw.destroy(error)
  }
}
