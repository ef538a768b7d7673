import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { orders } from './orders.mjs'
import { listenOptions, reportPort } from './report-port.mjs'

/** In memory: for a static file the floor is a buffer. */
const file = readFileSync(new URL('../trees/files/public/file.txt', import.meta.url))

/** The floor: what Node's own server costs with nothing on top. The echo is parsed, but not validated. */
const server = createServer((request, response) => {
  const { url } = request
  if (url === '/hello') send(response, { hello: 'world' })
  else if (url.startsWith('/users/')) send(response, { id: url.slice('/users/'.length) })
  else if (url === '/echo') echo(request, response)
  else if (url === '/orders') send(response, orders)
  else if (url === '/file.txt') sendFile(response)
  else response.writeHead(404).end()
})

function echo(request, response) {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => send(response, JSON.parse(Buffer.concat(chunks).toString())))
}

function sendFile(response) {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': file.length })
  response.end(file)
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
server.listen(listenOptions(), () => reportPort(server.address().port))
