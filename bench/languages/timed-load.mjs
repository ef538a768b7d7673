import { connect } from 'node:net'
import { once } from 'node:events'

/**
 * Keeps one request in flight on each of `connections` sockets. It does no more than it must, so that one core of it
 * can fill one core of the server: the bytes of the request are made once, and since every answer to it has the same
 * length, answers are counted by their bytes. Only the first answer of each socket is looked at.
 */
export class TimedLoad {
  #sockets = []
  #bytes
  #answerBytes = 0
  #state = { isRunning: false, times: [], startedAt: 0, inFlight: 0, idle: undefined, fail: undefined }

  /** @param {{ method: string, path: string, body?: string }} request */
  constructor(request) {
    this.#bytes = toBytes(request)
  }

  /** Opens the sockets and checks one answer: `expected` is the value its JSON must have. */
  async open({ port, connections }) {
    if (this.#answerBytes === 0) this.#answerBytes = await readAnswerBytes(port, this.#bytes)
    for (let i = 0; i < connections; i++) {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      await once(socket, 'connect')
      this.#listen(socket)
      this.#sockets.push(socket)
    }
  }

  #listen(socket) {
    const state = this.#state
    socket.on('error', (error) => state.fail?.(error))
    let received = 0
    let sentAt = 0
    socket.on('data', (chunk) => {
      if (received === 0 && !isOk(chunk))
        socket.destroy(new Error(`answered ${chunk.toString('latin1', 0, 40)}`))
      received += chunk.length
      if (received < this.#answerBytes) return
      received = 0
      const now = performance.now()
      // the first of a window was sent when the window began
      state.times.push(now - Math.max(sentAt, state.startedAt))
      sentAt = now
      if (state.isRunning) socket.write(this.#bytes)
      else if (--state.inFlight === 0) state.idle()
    })
  }

  /** Asks for `durationMs`, then waits for what is in flight; says how long that took, and how long each answer did. */
  async run(durationMs) {
    const state = this.#state
    const idle = new Promise((resolve, reject) => {
      state.idle = resolve
      state.fail = reject
    })
    const start = performance.now()
    state.startedAt = start
    state.times = []
    state.isRunning = true
    state.inFlight = this.#sockets.length
    for (const socket of this.#sockets) socket.write(this.#bytes)
    setTimeout(() => (state.isRunning = false), durationMs)
    await idle
    return { times: state.times, ms: performance.now() - start }
  }

  close() {
    this.#state.fail = undefined
    for (const socket of this.#sockets.splice(0)) socket.destroy()
  }
}

function toBytes({ method, path, body }) {
  const head = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'User-Agent: treeway-bench', 'Accept: */*']
  if (body !== undefined)
    head.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`)
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body ?? ''}`)
}

/** `HTTP/1.1 200` */
function isOk(chunk) {
  return chunk[9] === 50 && chunk[10] === 48 && chunk[11] === 48
}

/** Sends one request and waits until a whole answer with Content-Length is there. */
async function readAnswerBytes(port, bytes) {
  const socket = connect({ port, host: '127.0.0.1' })
  await once(socket, 'connect')
  socket.write(bytes)
  let text = ''
  for await (const chunk of socket) {
    text += chunk.toString('latin1')
    const headEnd = text.indexOf('\r\n\r\n')
    const length = /\r\ncontent-length: (\d+)/i.exec(text)
    if (headEnd === -1 || length === null) continue
    const total = headEnd + 4 + Number(length[1])
    if (text.length >= total) return total
  }
  throw new Error(`no answer with Content-Length: ${text.slice(0, 200)}`)
}
