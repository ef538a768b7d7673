import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = new URL('../peers/', import.meta.url)

/** Installs what Treeway is measured against, once, into a folder of its own. */
export function installPeers() {
  if (existsSync(new URL('node_modules', folder))) return
  console.log('installing bench/peers ...')
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: fileURLToPath(folder),
    stdio: 'inherit'
  })
  if (status !== 0) throw new Error('npm ci failed in bench/peers')
}
