import { connect } from 'node:net'
import type { Socket } from 'node:net'

export interface PipelinedRequest {
  readonly method: string
  /** Goes out byte for byte. */
  readonly target: string
  readonly headers: string
}

export interface PipelinedAnswer {
  readonly status: number
  readonly head: string
  readonly body: string
}

/**
 * Sends requests over one connection without waiting for answers between them, and gives the answers in order. Fewer
 * come where the server's parser refuses one, which ends the connection.
 */
export function pipeline(port: number, requests: readonly PipelinedRequest[]): Promise<PipelinedAnswer[]> {
  return new Promise((resolve, reject) => {
    const answers: PipelinedAnswer[] = []
    let pending = ''
    const socket: Socket = connect(port, '127.0.0.1')
    socket.setEncoding('latin1')
    socket.setTimeout(20_000, () => {
      reject(new Error(`no answer in time to ${JSON.stringify(requests[answers.length])}`))
      socket.destroy()
    })
    socket.on('data', (text: string) => {
      pending += text
      for (;;) {
        const parsed = parseAnswer(pending, requests[answers.length]?.method === 'HEAD')
        if (!parsed) break
        answers.push(parsed.answer)
        pending = pending.slice(parsed.length)
      }
      if (answers.length === requests.length) socket.end()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(answers))
    const bytes = requests.map(
      ({ method, target, headers }) => `${method} ${target} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`
    )
    socket.write(bytes.join(''), 'latin1')
  })
}

interface Parsed {
  readonly answer: PipelinedAnswer
  readonly length: number
}

/** Undefined while some of the answer is missing. */
function parseAnswer(text: string, isHead: boolean): Parsed | undefined {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const head = text.slice(0, headEnd).toLowerCase()
  const status = Number(head.slice(9, 12))
  const start = headEnd + 4
  const body =
    isHead || status === 304 || status === 204 ? { body: '', end: start } : readBody(text, head, start)
  return body && { answer: { status, head, body: body.body }, length: body.end }
}

// oxlint-disable-next-line max-params
function readBody(text: string, head: string, start: number): { body: string; end: number } | undefined {
  if (/\r\ntransfer-encoding: chunked/.test(head)) return readChunks(text, start)
  const end = start + Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? 0)
  return text.length < end ? undefined : { body: text.slice(start, end), end }
}

function readChunks(text: string, start: number): { body: string; end: number } | undefined {
  let body = ''
  for (let at = start; ;) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd === -1) return undefined
    const size = Number.parseInt(text.slice(at, lineEnd), 16)
    const end = lineEnd + 2 + size + 2
    if (text.length < end) return undefined
    body += text.slice(lineEnd + 2, lineEnd + 2 + size)
    if (size === 0) return { body, end }
    at = end
  }
}
