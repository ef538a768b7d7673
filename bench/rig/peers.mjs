import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = new URL('../peers/', import.meta.url)

/** Installs what Treeway is measured against into a folder of its own: once, and again when its lock has changed. */
export function installPeers() {
  const installed = readChangedMs('node_modules/.package-lock.json')
  if (installed >= readChangedMs('package-lock.json')) return
  console.log('installing bench/peers ...')
  // Not `npm ci`: a registry that lacks programs of other platforms leaves them out of the lock, and it would refuse that.
  const { status } = spawnSync(
    'npm',
    ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: fileURLToPath(folder),
      stdio: 'inherit'
    }
  )
  if (status !== 0) throw new Error('npm install failed in bench/peers')
}

function readChangedMs(file) {
  return statSync(new URL(file, folder), { throwIfNoEntry: false })?.mtimeMs ?? 0
}
