// The four styles beside Fastify, Hono and h3, closer: more and shorter windows, all servers started anew five times,
// because the same program started twice differs by 2 to 4 per cent for its whole life.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const PEERS = [
  ...['fastify', 'fastify-again', 'fastify-loaded', 'hono', 'h3'],
  ...['reply', 'event', 'context', 'web'].map((style) => `treeway-${style}`)
]
const SETTINGS = [
  '--generations',
  '5',
  '--rounds',
  '8',
  '--seconds',
  '0.08',
  '--starts',
  '1',
  '--name',
  'styles'
]

const { status } = spawnSync(
  process.execPath,
  [
    fileURLToPath(new URL('../http/run.mjs', import.meta.url)),
    ...['--only', PEERS.join(',')],
    ...SETTINGS,
    ...process.argv.slice(2)
  ],
  { stdio: 'inherit' }
)
process.exitCode = status ?? 1
