import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { publicDir } from './cases.mjs'
import { buildNext, buildNitro, copyPublic } from './prepare.mjs'
import { toNginxCommand } from './nginx.mjs'

const API = ['hello', 'parameter', 'echo', 'orders']
const ALL = [...API, 'file']
const FILE = ['file']
const STYLES = ['reply', 'event', 'context', 'web']

const toPath = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url))
const MODULES = 'peers/node_modules'
/** Other versions of Node than the one that runs the rig, from npm. */
const NODES = { 24: toPath(`${MODULES}/node24/bin/node`), 26: toPath(`${MODULES}/node26/bin/node`) }
/** The package moves the program of this platform to where it says. */
const BUN = toPath(`${MODULES}/bun/bin/bun.exe`)
const DENO = toPath(`${MODULES}/@deno/linux-x64-glibc/deno`)
const FILES = fileURLToPath(publicDir)

/**
 * What is measured. `kind` is floor, treeway, peer, or far: a mark from another world. `needs` is a file without which the
 * peer is left out, and the results say so.
 */
export function listPeers() {
  return [
    toPeer('raw', 'node:http', { kind: 'floor', file: 'servers/raw.mjs', cases: ALL }),
    ...listFastify(),
    ...STYLES.map((style) =>
      toPeer(`treeway-${style}`, `Treeway ${style}`, { kind: 'treeway', ...toTree(style), cases: API })
    ),
    toPeer('treeway-files', 'Treeway', { kind: 'treeway', ...toTree('files'), cases: FILE }),
    ...listFrameworks(),
    ...listFileServers(),
    ...listOtherNodes(),
    ...listFarMarks()
  ]
}

function listFastify() {
  return [
    toPeer('fastify', 'Fastify', { file: 'servers/fastify.mjs' }),
    // The same program twice: how far it is from the first is what this run can not tell apart.
    toPeer('fastify-again', 'Fastify, again', { file: 'servers/fastify.mjs' }),
    toPeer('fastify-loaded', 'Fastify, Treeway loaded', { file: 'servers/fastify.mjs', args: ['loaded'] }),
    toPeer('autoload', '@fastify/autoload', {
      file: 'peers/servers/autoload.mjs',
      version: '@fastify/autoload'
    })
  ]
}

function listFrameworks() {
  const wrangler = toPath(`${MODULES}/wrangler/bin/wrangler.js`)
  return [
    toPeer('hono', 'Hono on Node', { file: 'peers/servers/hono.mjs', version: 'hono' }),
    toPeer('h3', 'h3', { file: 'peers/servers/h3.mjs', version: 'h3' }),
    toPeer('nitro', 'Nitro', {
      prepare: buildNitro,
      file: 'peers/nitro/.output/server/index.mjs',
      env: { NITRO_HOST: '127.0.0.1' },
      version: 'nitro',
      cases: ALL
    }),
    toPeer('express', 'Express', { file: 'peers/servers/express.mjs', version: 'express' }),
    toPeer('next', 'Next.js', {
      prepare: buildNext,
      file: 'peers/next/.next/standalone/peers/next/server.js',
      env: { HOSTNAME: '127.0.0.1' },
      version: 'next',
      cases: ALL
    }),
    toPeer('pages', 'wrangler pages dev', {
      prepare: () => copyPublic('pages'),
      // It asks for Node 22 or newer.
      command: (port) => [
        NODES[24],
        wrangler,
        ...`pages dev public --ip 127.0.0.1 --port ${port}`.split(' ')
      ],
      cwd: toPath('peers/pages'),
      env: { WRANGLER_SEND_METRICS: 'false' },
      needs: NODES[24],
      version: 'wrangler',
      cases: ALL
    })
  ]
}

function listFileServers() {
  const servers = [
    ['fastify-static', '@fastify/static', 'fastify-files.mjs', '@fastify/static'],
    ['sirv', 'sirv', 'sirv-files.mjs', 'sirv'],
    ['sirv-dev', 'sirv, sees changes', 'sirv-files.mjs', 'sirv'],
    ['express-static', 'express.static', 'express-files.mjs', 'express'],
    ['hono-static', 'Hono serveStatic', 'hono-files.mjs', '@hono/node-server']
  ]
  return [
    ...servers.map(([id, name, file, version]) => {
      const args = id === 'sirv-dev' ? [FILES, 'dev'] : [FILES]
      return toPeer(id, name, { file: `peers/servers/${file}`, args, version, cases: FILE })
    }),
    toPeer('nginx', 'nginx', {
      kind: 'far',
      command: (port) => toNginxCommand(FILES, port),
      needs: '/usr/sbin/nginx',
      cases: FILE
    })
  ]
}

function listOtherNodes() {
  return Object.entries(NODES).flatMap(([major, node]) => [
    toPeer(`raw-${major}`, `node:http, Node ${major}`, { node, file: 'servers/raw.mjs' }),
    toPeer(`fastify-${major}`, `Fastify, Node ${major}`, { node, file: 'servers/fastify.mjs' }),
    ...['reply', 'web'].map((style) =>
      toPeer(`treeway-${style}-${major}`, `Treeway ${style}, Node ${major}`, {
        kind: 'treeway',
        node,
        ...toTree(style)
      })
    )
  ])
}

function listFarMarks() {
  const deno = ['run', '--allow-net', '--allow-env', '--allow-read', toPath('peers/servers/hono-deno.mjs')]
  return [
    toPeer('bun', 'Bun, Elysia', {
      kind: 'far',
      command: () => [BUN, 'run', toPath('peers/servers/elysia.mjs'), FILES],
      needs: BUN,
      version: 'elysia',
      cases: ALL
    }),
    toPeer('deno', 'Deno, Hono', {
      kind: 'far',
      command: () => [DENO, ...deno],
      cwd: toPath('peers'),
      needs: DENO,
      version: 'deno'
    })
  ]
}

function toTree(style) {
  return { file: 'servers/treeway.mjs', args: [toPath(`trees/${style}`)] }
}

function toPeer(id, name, { file, args = [], node = process.execPath, ...rest }) {
  return {
    id,
    name,
    kind: 'peer',
    cases: API,
    command: () => [node, toPath(file), ...args],
    ...(node === process.execPath ? {} : { needs: node }),
    ...rest
  }
}

/** Peers that can run here, and those that can not. */
export function splitByPresence(peers) {
  const isHere = ({ needs }) => needs === undefined || existsSync(needs)
  return { present: peers.filter(isHere), missing: peers.filter((peer) => !isHere(peer)) }
}
