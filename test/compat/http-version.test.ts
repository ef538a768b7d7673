import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { createFastify } from '../../src/compat/create-fastify.ts'

const dir = mkdtempSync(join(tmpdir(), 'treeway-tls-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** Made for this run: a key in the repository would be a key in the repository. */
function createCertificate() {
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-days', '1', '-nodes', '-newkey', 'rsa:2048']
  execFileSync('openssl', ['req', '-x509', ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { key: readFileSync(key), cert: readFileSync(cert) }
}

const tls = createCertificate()

async function start(options: object): Promise<number> {
  const app: FastifyInstance = createFastify(options)
  onTestFinished(() => app.close())
  app.get('/', async (request) => `HTTP/${request.raw.httpVersion}`)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

function askRaw(socket: Socket, version: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)))
    socket.on('close', () => resolve(text))
    socket.write(`GET / HTTP/${version}\r\nhost: localhost\r\nconnection: close\r\n\r\n`)
  })
}

const overTcp = (port: number, version: string) => askRaw(connect(port, '127.0.0.1'), version)
const overTls = (port: number, version: string) =>
  askRaw(
    connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }),
    version
  )

function askHttp2(origin: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(origin, { rejectUnauthorized: false })
    session.on('error', reject)
    const stream = session.request({ ':path': '/' })
    stream.on('response', (headers) => resolve(Number(headers[':status'])))
    stream.on('close', () => session.close())
    stream.resume()
  })
}

const versions = ['1.1', '1.0', '2.0', '0.9', '1.2', '3.0', '9.9']
const askAll = async (ask: (version: string) => Promise<string>) =>
  Object.fromEntries(
    await Promise.all(versions.map(async (one) => [one, Number((await ask(one)).split(' ')[1])]))
  )

const onlyHttp1 = { '1.1': 200, '1.0': 200, '2.0': 505, '0.9': 505, '1.2': 505, '3.0': 505, '9.9': 505 }

describe('versions of HTTP', () => {
  it('http serves 1.1 and 1.0, and answers 505 to any other', async () => {
    const port = await start({})
    expect(await askAll((version) => overTcp(port, version))).toEqual(onlyHttp1)
  })

  it('https serves 1.1 and 1.0', async () => {
    const port = await start({ https: tls })
    expect(await askAll((version) => overTls(port, version))).toEqual(onlyHttp1)
  })

  it('http2 serves 2.0', async () => {
    const port = await start({ http2: true })
    expect(await askHttp2(`http://127.0.0.1:${port}`)).toBe(200)
  })

  it('http2 with https serves 2.0 and nothing older', async () => {
    const port = await start({ http2: true, https: tls })
    expect(await askHttp2(`https://127.0.0.1:${port}`)).toBe(200)
    const refused = await overTls(port, '1.1').catch(() => 'refused')
    expect(refused).not.toContain('200 OK')
  })

  it('http2 with https.allowHTTP1 serves 2.0, 1.1 and 1.0', async () => {
    const port = await start({ http2: true, https: { ...tls, allowHTTP1: true } })
    expect(await askHttp2(`https://127.0.0.1:${port}`)).toBe(200)
    expect(await askAll((version) => overTls(port, version))).toMatchObject({
      '1.1': 200,
      '1.0': 200,
      '3.0': 505
    })
  })

  it('a serverFactory is left alone', async () => {
    const serverFactory = (handler: (request: IncomingMessage, response: ServerResponse) => void) =>
      createServer(handler)
    const port = await start({ serverFactory })
    expect(await overTcp(port, '2.0')).toContain('200 OK')
  })

  it("the answer is Fastify's shape of an error", async () => {
    for (const version of ['2.0', '3.0']) {
      const text = await overTcp(await start({}), version)
      expect(JSON.parse(text.slice(text.indexOf('{')))).toMatchObject({ statusCode: 505 })
    }
  })

  it('leaves other client errors to the clientErrorHandler', async () => {
    const port = await start({
      clientErrorHandler: (_error: Error, socket: Socket) => socket.end('HTTP/1.1 418 No\r\n\r\n')
    })
    expect(await askRaw(connect(port, '127.0.0.1'), '1.1\r\nbroken header')).toContain('418')
    expect(await overTcp(port, '3.0')).toContain('505')
  })
})
