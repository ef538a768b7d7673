import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { fastify } from 'fastify'
import { createAssets } from '../../src/assets/create-assets.ts'
import type { Assets, AssetsOptions } from '../../src/assets/create-assets.ts'
import { toCanonicalUrl } from '../../src/routes/canonical-path.ts'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
  readonly body: string
}

export interface ServedFolder {
  readonly dir: string
  readonly assets: Assets
  write(file: string, content: string | Buffer): string
  /** `path` goes out byte for byte. */
  get(path: string, headers?: Record<string, string>, method?: string): Promise<Reply>
  stop(): Promise<void>
}

/** A folder of files behind Fastify on a port of its own, wired as the server wires it. */
export async function serveFolder(
  files: Record<string, string | Buffer>,
  options: Partial<AssetsOptions> = {}
): Promise<ServedFolder> {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'treeway-assets-')))
  const dir = join(parent, 'public')
  mkdirSync(dir)
  function write(file: string, content: string | Buffer): string {
    const path = join(dir, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    return path
  }
  for (const [file, content] of Object.entries(files)) write(file, content)
  const assets = createAssets({ dir, ...options })
  const app = fastify({
    rewriteUrl: (request) => toCanonicalUrl(request.url ?? '/'),
    exposeHeadRoutes: false
  })
  app.setNotFoundHandler(async (request, reply) => {
    const [path = '', ...query] = request.url.split('?')
    const search = query.length > 0 ? `?${query.join('?')}` : ''
    const answer = await assets.respond({ method: request.method, path, search, headers: request.headers })
    if (answer === undefined) return reply.code(404).send({ statusCode: 404 })
    return reply.code(answer.status).headers(answer.headers).send(answer.body)
  })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    dir,
    assets,
    write,
    get: (path, headers = {}, method = 'GET') =>
      sendRequest({ port: Number(new URL(address).port), path, headers, method }),
    async stop() {
      assets.close()
      await app.close()
      rmSync(parent, { recursive: true, force: true })
    }
  }
}

interface SentRequest {
  readonly port: number
  readonly path: string
  readonly method: string
  readonly headers: Record<string, string>
}

function sendRequest(options: SentRequest): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', agent: false, ...options }, (response) => {
      buffer(response).then((bytes) => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes,
          body: bytes.toString()
        })
      }, reject)
    })
    outgoing.once('error', reject)
    outgoing.end()
  })
}
