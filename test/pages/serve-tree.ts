import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { createApp } from '../../src/app.ts'
import type { AppOptions } from '../../src/app.ts'

export interface ServedTree {
  readonly app: FastifyInstance
  readonly dir: string
  readonly port: number
  readonly url: string
  fetch(path: string, init?: RequestInit): Promise<Response>
  write(file: string, content: string | Buffer): void
  stop(): Promise<void>
}

/** A project of these files, served on a free port. */
export async function serveTree(
  files: Readonly<Record<string, string | Buffer>>,
  options: Partial<AppOptions> = {}
): Promise<ServedTree> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'treeway-pages-')))
  function write(file: string, content: string | Buffer): void {
    const path = join(dir, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  for (const [file, content] of Object.entries(files)) write(file, content)
  const served = await serveDir(dir, options)
  return {
    ...served,
    write,
    async stop() {
      await served.stop()
      rmSync(dir, { recursive: true, force: true })
    }
  }
}

/** A project that lies in a folder already, served on a free port. */
export async function serveDir(
  dir: string,
  options: Partial<AppOptions> = {}
): Promise<Omit<ServedTree, 'write'>> {
  const app = await createApp({ dir, ...options })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    app,
    dir,
    port,
    url,
    fetch: (path, init) => fetch(new URL(path, url), { redirect: 'manual', ...init }),
    async stop() {
      app.server.closeAllConnections()
      await app.close()
    }
  }
}

/** Asks `check` until it is true. */
export async function waitUntil(check: () => boolean | Promise<boolean>, timeoutMs = 5_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`not true within ${timeoutMs} ms: ${check.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
