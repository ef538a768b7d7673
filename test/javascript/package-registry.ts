import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A registry of npm on loopback. */
export interface PackageRegistry {
  /** With a slash at its end. */
  readonly url: string
  /** The `Authorization` of each request. */
  readonly tokens: (string | undefined)[]
  toTarball(version: string): { readonly resolved: string; readonly integrity: string }
  close(): Promise<void>
}

/** Has `pinned` in these versions, whose install script writes a file that it exports with its version. */
export async function startRegistry(versions: readonly string[]): Promise<PackageRegistry> {
  const dir = mkdtempSync(join(tmpdir(), 'treeway-registry-'))
  const tarballs = new Map(versions.map((version) => [`/pinned/-/pinned-${version}.tgz`, pack(dir, version)]))
  const tokens: (string | undefined)[] = []
  const server = createServer(({ url = '', headers }, response) => {
    tokens.push(headers.authorization)
    const tarball = tarballs.get(url)
    if (tarball) response.end(tarball)
    else if (url === '/pinned') response.end(JSON.stringify(toPackument()))
    else response.writeHead(404).end('{}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

  function toTarball(version: string): { resolved: string; integrity: string } {
    const path = `/pinned/-/pinned-${version}.tgz`
    const hash = createHash('sha512')
      .update(tarballs.get(path) ?? '')
      .digest('base64')
    return { resolved: url + path.slice(1), integrity: `sha512-${hash}` }
  }

  function toPackument(): object {
    const entries = versions.map((version) => {
      const { resolved, integrity } = toTarball(version)
      return [version, { ...toManifest(version), dist: { tarball: resolved, integrity } }]
    })
    return { name: 'pinned', 'dist-tags': { latest: versions.at(-1) }, versions: Object.fromEntries(entries) }
  }

  return {
    url,
    tokens,
    toTarball,
    async close() {
      server.closeAllConnections()
      await once(server.close(), 'close')
      rmSync(dir, { recursive: true, force: true })
    }
  }
}

function toManifest(version: string): object {
  const install = `node -e "require('fs').writeFileSync('made.js', 'module.exports = 1')"`
  return { name: 'pinned', version, scripts: { install }, hasInstallScript: true }
}

function pack(dir: string, version: string): Buffer {
  const folder = join(dir, version, 'package')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify(toManifest(version)))
  writeFileSync(
    join(folder, 'index.js'),
    `exports.version = '${version}'\nexports.made = require('./made.js')\n`
  )
  const file = join(dir, `${version}.tgz`)
  execFileSync('tar', ['-czf', file, '-C', join(dir, version), 'package'])
  return readFileSync(file)
}
