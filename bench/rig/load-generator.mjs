import { once } from 'node:events'
import { connect } from 'node:net'
import { createAnswerCounter, readAnswerFraming } from './answer-framing.mjs'

/** Those that wait for the next run. */
const idleSockets = new WeakSet()

/**
 * Keeps one request in flight on each of `connections` sockets. It does no more than it must, so that one core of it
 * can fill one core of the server: the bytes of the request are made once, and where every answer has the same length,
 * answers are counted by their bytes. Of each socket only the first answer is looked at.
 */
export class LoadGenerator {
  #sockets = []
  #requests
  #next = 0
  #framing
  #target = { port: 0, connections: 0 }
  #state = {
    isRunning: false,
    answers: 0,
    inFlight: 0,
    idle: undefined,
    fail: undefined,
    times: undefined,
    startedAt: 0
  }

  /**
   * @param {object | object[]} request `{ method, path, body? }`; of a list each socket takes the next one.
   * @param {{ isTimed?: boolean }} options Whether `run` says how long each answer took.
   */
  constructor(request, { isTimed = false } = {}) {
    this.#requests = [request].flat().map(toBytes)
    if (isTimed) this.#state.times = []
  }

  async open({ port, connections }) {
    this.#framing ??= await readAnswerFraming(port, this.#requests)
    this.#target = { port, connections }
    await this.#connectMissing()
  }

  async #connectMissing() {
    const { port, connections } = this.#target
    while (this.#sockets.length < connections) {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      await once(socket, 'connect')
      this.#listen(socket)
      this.#sockets.push(socket)
    }
  }

  #listen(socket) {
    const state = this.#state
    const isComplete = createAnswerCounter(this.#framing)
    let isChecked = false
    let sentAt = 0
    socket.on('data', (chunk) => {
      if (!isChecked && !isOk(chunk)) state.fail?.(new Error(`answered ${chunk.toString('latin1', 0, 40)}`))
      isChecked = true
      if (!isComplete(chunk)) return
      state.answers += 1
      if (state.times) {
        const now = performance.now()
        // The first one of a run was sent when the run began.
        state.times.push(now - Math.max(sentAt, state.startedAt))
        sentAt = now
      }
      if (state.isRunning) return socket.write(this.#take())
      idleSockets.add(socket)
      if (--state.inFlight === 0) state.idle()
    })
    socket.on('close', () => this.#lose(socket))
    socket.on('error', (error) => state.fail?.(error))
  }

  /** A server may close a connection that has waited for the slower ones; not one that it owes an answer. */
  #lose(socket) {
    const at = this.#sockets.indexOf(socket)
    if (at === -1) return
    this.#sockets.splice(at, 1)
    if (!idleSockets.has(socket))
      this.#state.fail?.(new Error('The server closed a connection that it owed an answer.'))
  }

  #take() {
    const requests = this.#requests
    if (requests.length === 1) return requests[0]
    this.#next = (this.#next + 1) % requests.length
    return requests[this.#next]
  }

  /** Asks for `durationMs`, then waits for what is in flight; answers how many answers came in how many ms, and where it is timed each one's ms. */
  async run(durationMs) {
    await this.#connectMissing()
    const state = this.#state
    const idle = new Promise((resolve, reject) => Object.assign(state, { idle: resolve, fail: reject }))
    const start = performance.now()
    state.answers = 0
    state.startedAt = start
    if (state.times) state.times = []
    state.isRunning = true
    state.inFlight = this.#sockets.length
    for (const socket of this.#sockets) socket.write(this.#take())
    setTimeout(() => (state.isRunning = false), durationMs)
    let isOver = false
    // Never sleeps meanwhile: else a server that is slower than its load pays, in its own system calls, for waking it.
    setImmediate(function stayAwake() {
      if (!isOver) setImmediate(stayAwake)
    })
    await idle
    isOver = true
    return { answers: state.answers, ms: performance.now() - start, times: state.times }
  }

  close() {
    const sockets = this.#sockets
    this.#sockets = []
    this.#state.fail = undefined
    for (const socket of sockets) socket.destroy()
  }
}

/** A request as it goes over the wire. */
export function toBytes({ method, path, body }) {
  const head = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'User-Agent: treeway-bench', 'Accept: */*']
  if (body !== undefined)
    head.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`)
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body ?? ''}`)
}

/** `HTTP/1.1 200` */
function isOk(chunk) {
  return chunk[9] === 50 && chunk[10] === 48 && chunk[11] === 48
}
