import { createServer } from 'node:http'
import { reportPort } from './report-port.mjs'

/** The floor: what Node's own server costs with nothing on top. The echo is parsed, but not validated. */
const server = createServer((request, response) => {
  const { url } = request
  if (url === '/hello') send(response, { hello: 'world' })
  else if (url.startsWith('/users/')) send(response, { id: url.slice('/users/'.length) })
  else if (url === '/echo') echo(request, response)
  else response.writeHead(404).end()
})

function echo(request, response) {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => send(response, JSON.parse(Buffer.concat(chunks).toString())))
}

function send(response, value) {
  const body = JSON.stringify(value)
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body)
  })
  response.end(body)
}

// As Fastify's: the rig keeps its connections while other servers have their turn.
server.keepAliveTimeout = 72_000
server.listen(0, '127.0.0.1', () => reportPort(server.address().port))
