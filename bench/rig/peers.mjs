import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = new URL('../peers/', import.meta.url)

/** Installs what Treeway is measured against into a folder of its own: once, and again when its lock has changed. */
export function installPeers() {
  const installed = readChangedMs('node_modules/.package-lock.json')
  if (installed >= readChangedMs('package-lock.json')) return
  console.log('installing bench/peers ...')
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: fileURLToPath(folder),
    stdio: 'inherit'
  })
  if (status !== 0) throw new Error('npm ci failed in bench/peers')
}

function readChangedMs(file) {
  return statSync(new URL(file, folder), { throwIfNoEntry: false })?.mtimeMs ?? 0
}
