// One server of the comparison: node server.mjs <peer> <folder> <bundle>. Tells its port, then its CPU time on each message.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import { fastify } from 'fastify'
import sirv from 'sirv'

const [peer, dir, bundle] = process.argv.slice(2)
const { createAssets, toCanonicalUrl } = createRequire(import.meta.url)(bundle)

const peers = {
  raw: () => createRawServer({ 'content-type': 'text/html; charset=utf-8' }),
  'raw, our headers': async () => {
    const assets = createAssets({ dir })
    const answer = await assets.respond({ method: 'GET', path: '/page', search: '', headers: {} })
    return createRawServer(answer.headers)
  },
  'treeway, route': () =>
    createTreeway((app, handler) => app.route({ method: ['GET', 'HEAD'], url: '/*', handler })),
  'treeway, not found': () => createTreeway((app, handler) => app.setNotFoundHandler(handler)),
  '@fastify/static': () => {
    const app = fastify()
    app.register(fastifyStatic, { root: dir, extensions: ['html'] })
    return app
  },
  'sirv (prod)': () => createServer(sirv(dir, { etag: true, extensions: ['html'] })),
  'sirv (dev)': () => createServer(sirv(dir, { etag: true, dev: true, extensions: ['html'] }))
}

function createRawServer(headers) {
  const body = readFileSync(join(dir, 'page.html'))
  return createServer((_request, response) => {
    response.writeHead(200, { ...headers, 'content-length': body.length })
    response.end(body)
  })
}

function createTreeway(register) {
  const assets = createAssets({ dir })
  const app = fastify({ rewriteUrl: (request) => toCanonicalUrl(request.url), exposeHeadRoutes: false })
  function send(reply, answer) {
    if (answer === undefined) reply.code(404).send()
    else reply.code(answer.status).headers(answer.headers).send(answer.body)
  }
  register(app, function sendAsset(request, reply) {
    const { url, method, headers } = request.raw
    const queryAt = url.indexOf('?')
    const path = queryAt === -1 ? url : url.slice(0, queryAt)
    const answer = assets.respond({ method, path, search: queryAt === -1 ? '' : url.slice(queryAt), headers })
    if (answer instanceof Promise) return answer.then((each) => (send(reply, each), reply))
    send(reply, answer)
  })
  return app
}

const server = await peers[peer]()
if (server.server === undefined) {
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
} else {
  await server.listen({ port: 0, host: '127.0.0.1' })
  process.send({ port: server.server.address().port })
}

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send({ cpuUs: user + system })
})
process.on('disconnect', () => process.exit())
