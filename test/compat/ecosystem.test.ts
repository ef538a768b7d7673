import { gunzipSync } from 'node:zlib'
import { request } from 'node:http'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import formbody from '@fastify/formbody'
import helmet from '@fastify/helmet'
import jwt from '@fastify/jwt'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import underPressure from '@fastify/under-pressure'
import websocket from '@fastify/websocket'
import { beforeAll, afterAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createFastify } from '../../src/compat/create-fastify.ts'

let app: FastifyInstance
let url: string

beforeAll(async () => {
  app = createFastify()
  await registerPlugins(app)
  registerRoutes(app)
  await app.listen({ port: 0, host: '127.0.0.1' })
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
})

afterAll(() => app.close())

async function registerPlugins(server: FastifyInstance): Promise<void> {
  await server.register(swagger, { openapi: { info: { title: 'all of them', version: '1.0.0' } } })
  await server.register(cors, { origin: ['https://shop.example'] })
  await server.register(helmet)
  await server.register(rateLimit, { global: false })
  await server.register(cookie, { secret: 'only for this test' })
  await server.register(jwt, { secret: 'only for this test' })
  await server.register(multipart)
  await server.register(formbody)
  await server.register(compress, { threshold: 0, encodings: ['gzip'] })
  await server.register(underPressure, { exposeStatusRoute: '/status' })
  await server.register(websocket)
}

function registerRoutes(server: FastifyInstance): void {
  server.get('/plain', { schema: { querystring: { name: { type: 'string' } } } }, async () => ({
    plain: true
  }))
  server.get('/limited', { config: { rateLimit: { max: 2, timeWindow: 60_000 } } }, async () => 'counted')
  server.get('/cookie', (incoming, reply) => {
    reply
      .code(200)
      .setCookie('seen', '1', { signed: true, path: '/' })
      .send({ before: incoming.cookies.seen ?? null })
  })
  server.get('/token', async () => server.jwt.sign({ user: 7 }))
  const verify = async (incoming: FastifyRequest) => void (await incoming.jwtVerify())
  server.get('/me', { onRequest: verify }, async (incoming) => incoming.user)
  server.post('/upload', async (incoming) => {
    const file = await incoming.file()
    return { name: file?.filename, text: (await file?.toBuffer())?.toString() }
  })
  server.post('/form', async (incoming) => incoming.body)
  server.get('/echo', { websocket: true }, (socket) => {
    socket.on('message', (message: Buffer) => socket.send(`heard ${message.toString()}`))
  })
}

describe("plugins of Fastify's own ecosystem, all in one app", () => {
  it('@fastify/cors and @fastify/helmet set their headers', async () => {
    const answer = await fetch(`${url}/plain`, { headers: { origin: 'https://shop.example' } })
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    const preflight = await fetch(`${url}/plain`, {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'GET' }
    })
    expect(preflight.status).toBe(204)
  })

  it('@fastify/rate-limit refuses the third request', async () => {
    const statuses = []
    for (let count = 0; count < 3; count += 1) statuses.push((await fetch(`${url}/limited`)).status)
    expect(statuses).toEqual([200, 200, 429])
  })

  it('@fastify/cookie sets a signed cookie after a setter, and reads it', async () => {
    const first = await fetch(`${url}/cookie`)
    const header = first.headers.get('set-cookie') ?? ''
    expect(header).toMatch(/^seen=1\./)
    const second = await fetch(`${url}/cookie`, { headers: { cookie: header.split(';')[0] ?? '' } })
    expect(await second.json()).toEqual({ before: expect.stringMatching(/^1\./) })
  })

  it('@fastify/jwt guards a route in a hook', async () => {
    const token = await (await fetch(`${url}/token`)).text()
    expect((await fetch(`${url}/me`)).status).toBe(401)
    const answer = await fetch(`${url}/me`, { headers: { authorization: `Bearer ${token}` } })
    expect(await answer.json()).toMatchObject({ user: 7 })
  })

  it('@fastify/multipart and @fastify/formbody read their bodies', async () => {
    const form = new FormData()
    form.set('file', new Blob(['hello']), 'note.txt')
    const upload = await fetch(`${url}/upload`, { method: 'POST', body: form })
    expect(await upload.json()).toEqual({ name: 'note.txt', text: 'hello' })
    const posted = await fetch(`${url}/form`, { method: 'POST', body: new URLSearchParams({ a: '1' }) })
    expect(await posted.json()).toEqual({ a: '1' })
  })

  it('@fastify/compress compresses', async () => {
    const { encoding, body } = await getRaw(`${url}/plain`)
    expect([encoding, gunzipSync(body).toString()]).toEqual(['gzip', '{"plain":true}'])
  })

  it('@fastify/under-pressure tells its status', async () => {
    expect(await (await fetch(`${url}/status`)).json()).toEqual({ status: 'ok' })
  })

  it('@fastify/websocket answers on a socket', async () => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/echo`)
    const heard = await new Promise((resolve, reject) => {
      socket.on('open', () => socket.send('hello'))
      socket.on('message', (message: Buffer) => resolve(message.toString()))
      socket.on('error', reject)
    })
    socket.close()
    expect(heard).toBe('heard hello')
  })

  it('@fastify/swagger lists the routes with whole schemas', () => {
    const { paths } = app.swagger() as { paths: Record<string, { get?: { parameters?: unknown } }> }
    expect(paths['/plain']?.get?.parameters).toEqual([
      { in: 'query', name: 'name', required: false, schema: { type: 'string' } }
    ])
  })
})

/** Without a client that decompresses by itself. */
function getRaw(address: string): Promise<{ encoding: string | undefined; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const asked = request(address, { headers: { 'accept-encoding': 'gzip' } }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () =>
        resolve({ encoding: answer.headers['content-encoding'], body: Buffer.concat(chunks) })
      )
    })
    asked.on('error', reject)
    asked.end()
  })
}
