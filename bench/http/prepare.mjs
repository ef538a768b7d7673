import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { publicDir } from './cases.mjs'

const peers = new URL('../peers/', import.meta.url)

/** Nitro's own production build, once: its server for Node with the public files beside it. */
export function buildNitro() {
  copyPublic('nitro')
  if (existsSync(new URL('nitro/.output/server/index.mjs', peers))) return
  runBuild('nitro', ['nitro', 'build'])
}

/** `next build` with `output: 'standalone'`, and what its page says has to be copied beside it. */
export function buildNext() {
  copyPublic('next')
  const standalone = new URL('next/.next/standalone/peers/next/', peers)
  if (existsSync(new URL('public/file.txt', standalone))) return
  runBuild('next', ['next', 'build'])
  cpSync(new URL('next/public/', peers), new URL('public/', standalone), { recursive: true })
  cpSync(new URL('next/.next/static/', peers), new URL('.next/static/', standalone), { recursive: true })
}

export function copyPublic(app) {
  const target = new URL(`${app}/public/`, peers)
  mkdirSync(target, { recursive: true })
  cpSync(publicDir, target, { recursive: true })
}

/** So that the next run builds anew. */
export function removeBuilds() {
  for (const output of ['nitro/.output/', 'next/.next/'])
    rmSync(new URL(output, peers), { recursive: true, force: true })
}

function runBuild(app, [tool, ...args]) {
  console.log(`building bench/peers/${app} ...`)
  const command = fileURLToPath(new URL(`node_modules/.bin/${tool}`, peers))
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: fileURLToPath(new URL(`${app}/`, peers)),
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' }
  })
  if (status !== 0) throw new Error(`${tool} ${args.join(' ')} failed: ${stdout}${stderr}`)
}
