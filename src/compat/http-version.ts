import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'

type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** What decides which versions a server speaks, in the order of the page's table. */
export interface ServerKind extends Pick<FastifyServerOptions, 'serverFactory'> {
  readonly http2?: boolean
  readonly https?: boolean | { readonly allowHTTP1?: boolean } | null
}

const body = '{"error":"HTTP Version Not Supported","message":"HTTP Version Not Supported","statusCode":505}'

/** Answers 505 for any HTTP version but those the server is for. Node's parser lets `HTTP/2.0` and `HTTP/0.9` pass. */
export function registerHttpVersionCheck(app: FastifyInstance, kind: ServerKind): void {
  if (kind.serverFactory) return
  const isServed = toVersionCheck(kind)
  const { server } = app
  for (const listener of server.listeners('request') as Listener[]) {
    server.off('request', listener)
    server.on('request', function handleRequest(request: IncomingMessage, response: ServerResponse) {
      if (isServed(request)) listener(request, response)
      else refuseRequest(response)
    })
  }
  // before Fastify's listener, which would answer 400 and finds the socket closed now
  server.prependListener('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'HPE_INVALID_VERSION') refuseSocket(socket)
  })
}

/** Majors are enough: of 1.x the parser only lets 1.0 and 1.1 pass. */
export function toVersionCheck(kind: ServerKind): (request: IncomingMessage) => boolean {
  const majors = toMajors(kind)
  const [only] = majors
  if (majors.length === 1) return (request) => request.httpVersionMajor === only
  return (request) => majors.includes(request.httpVersionMajor)
}

function toMajors({ http2, https }: ServerKind): number[] {
  if (!http2) return [1]
  return typeof https === 'object' && https?.allowHTTP1 === true ? [2, 1] : [2]
}

function refuseRequest(response: ServerResponse): void {
  response.writeHead(505, {
    'content-type': 'application/json',
    'content-length': body.length,
    connection: 'close'
  })
  response.end(body)
}

function refuseSocket(socket: Socket): void {
  const head =
    'HTTP/1.1 505 HTTP Version Not Supported\r\nConnection: close\r\nContent-Type: application/json\r\n'
  if (socket.writable) socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`)
  socket.destroy()
}
