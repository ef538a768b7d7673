import { connect } from 'node:net'
import type { CaseRequest } from './case.ts'

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly body: string
}

/** Sends a request byte for byte as the case writes it: no client that tidies the path stands between. */
export function sendRaw(port: number, request: CaseRequest): Promise<RawAnswer> {
  const { promise, resolve, reject } = createDeferred<RawAnswer>()
  const chunks: Buffer[] = []
  const socket = connect(port, '127.0.0.1', () => socket.write(toBytes(port, request)))
  socket.setTimeout(request.timeoutMs ?? 15_000, () => socket.destroy(new Error('no answer in time')))
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', (error) => (chunks.length > 0 ? undefined : reject(error)))
  socket.on('close', () => resolve(parseAnswer(Buffer.concat(chunks))))
  return promise
}

function toBytes(port: number, request: CaseRequest): Buffer {
  const body = toBody(request)
  const headers: Record<string, string | readonly string[]> = {
    host: `127.0.0.1:${port}`,
    connection: 'close'
  }
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value
  if (body !== undefined && !('content-length' in headers) && !('transfer-encoding' in headers)) {
    headers['content-length'] = String(Buffer.byteLength(body))
  }
  if (typeof request.body === 'object' && request.body !== null)
    headers['content-type'] ??= 'application/json'
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((one) => `${name}: ${one}`)
  )
  const start = `${request.method ?? 'GET'} ${request.path} HTTP/${request.httpVersion ?? '1.1'}`
  return Buffer.from(`${[start, ...lines].join('\r\n')}\r\n\r\n${body ?? ''}`)
}

function toBody({ body, bodyRepeat }: CaseRequest): string | undefined {
  if (bodyRepeat) {
    const { prefix = '', char, count, suffix = '' } = bodyRepeat
    return prefix + char.repeat(count) + suffix
  }
  if (body === undefined || body === null) return undefined
  return typeof body === 'string' ? body : JSON.stringify(body)
}

function parseAnswer(bytes: Buffer): RawAnswer {
  const end = bytes.indexOf('\r\n\r\n')
  const [line = '', ...lines] = bytes
    .subarray(0, end === -1 ? bytes.length : end)
    .toString('latin1')
    .split('\r\n')
  const headers: Record<string, string[]> = {}
  for (const header of lines) {
    const colon = header.indexOf(':')
    const name = header.slice(0, colon).toLowerCase()
    ;(headers[name] ??= []).push(header.slice(colon + 1).trim())
  }
  const rest = end === -1 ? Buffer.alloc(0) : bytes.subarray(end + 4)
  const isChunked = (headers['transfer-encoding'] ?? []).join().includes('chunked')
  return {
    status: Number(line.split(' ')[1]),
    headers,
    body: (isChunked ? joinChunks(rest) : rest).toString()
  }
}

function joinChunks(bytes: Buffer): Buffer {
  const parts: Buffer[] = []
  let index = 0
  while (index < bytes.length) {
    const lineEnd = bytes.indexOf('\r\n', index)
    const size = lineEnd === -1 ? 0 : Number.parseInt(bytes.subarray(index, lineEnd).toString(), 16)
    if (!size) break
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size))
    index = lineEnd + 2 + size + 2
  }
  return Buffer.concat(parts)
}

function createDeferred<T>(): {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (error: unknown) => void
} {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
