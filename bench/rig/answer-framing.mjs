import { once } from 'node:events'
import { connect } from 'node:net'

const LAST_CHUNK = Buffer.from('0\r\n\r\n')

/**
 * How this server's answers end: after `bytes` where all are as long as each other, with the last chunk where they are
 * chunked, else by the Content-Length of each.
 */
export async function readAnswerFraming(port, requests) {
  const probes = [requests[0], requests[0], requests.at(-1), requests[Math.floor(requests.length / 2)]]
  const answers = []
  for (const probe of probes) answers.push(await readAnswer(port, probe))
  if (answers.some(({ isChunked }) => isChunked)) return { kind: 'chunked' }
  const [{ bytes }] = answers
  return answers.every((answer) => answer.bytes === bytes) ? { kind: 'fixed', bytes } : { kind: 'length' }
}

/** A function that is given what arrives on one socket and says when an answer is complete. */
export function createAnswerCounter(framing) {
  if (framing.kind === 'fixed') return createByteCounter(framing.bytes)
  // One request is in flight at a time, so nothing can follow the last chunk.
  if (framing.kind === 'chunked') return createTailCounter()
  return createLengthCounter()
}

function createByteCounter(bytes) {
  let received = 0
  return function isComplete(chunk) {
    received += chunk.length
    if (received < bytes) return false
    received = 0
    return true
  }
}

function createTailCounter() {
  let tail = Buffer.alloc(0)
  return function isComplete(chunk) {
    const end = chunk.length < LAST_CHUNK.length ? Buffer.concat([tail, chunk]) : chunk
    tail = end.subarray(-LAST_CHUNK.length)
    if (!tail.equals(LAST_CHUNK)) return false
    tail = Buffer.alloc(0)
    return true
  }
}

function createLengthCounter() {
  let text = ''
  let missing
  return function isComplete(chunk) {
    if (missing === undefined) {
      text += chunk.toString('latin1')
      const total = toTotal(text)
      if (total === undefined) return false
      missing = total - text.length
    } else missing -= chunk.length
    if (missing > 0) return false
    text = ''
    missing = undefined
    return true
  }
}

/** Bytes of head and body together, as soon as the head is there. */
function toTotal(text) {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd))
  return length === null ? undefined : headEnd + 4 + Number(length[1])
}

async function readAnswer(port, bytes) {
  const socket = connect({ port, host: '127.0.0.1' })
  await once(socket, 'connect')
  socket.write(bytes)
  let text = ''
  for await (const chunk of socket) {
    text += chunk.toString('latin1')
    const head = text.slice(0, text.indexOf('\r\n\r\n') + 2)
    if (/\r\ntransfer-encoding: *chunked\r\n/i.test(head)) {
      if (text.endsWith('0\r\n\r\n')) return { isChunked: true }
      continue
    }
    const total = toTotal(text)
    if (total !== undefined && text.length >= total) return { isChunked: false, bytes: total }
  }
  throw new Error(`neither chunks nor a Content-Length: ${text.slice(0, 200)}`)
}
