// A static 10 KB page from each server, in interleaved rounds. Counts the server's own CPU time for each answer, which
// a busy machine disturbs least. node bench/assets/run.mjs [--rounds 7] [--seconds 2] [--size 10240]
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { build } from 'esbuild'

const number = { type: 'string' }
const { values } = parseArgs({ options: { rounds: number, seconds: number, size: number } })
const rounds = Number(values.rounds ?? 7)
const seconds = Number(values.seconds ?? 2)
const size = Number(values.size ?? 10_240)
const peers = [
  { name: 'raw', path: '/page' },
  { name: 'raw, our headers', path: '/page' },
  { name: 'treeway, route', path: '/page' },
  { name: 'treeway, not found', path: '/page' },
  { name: '@fastify/static', path: '/page.html' },
  { name: 'sirv (prod)', path: '/page' },
  { name: 'sirv (dev)', path: '/page' }
]

const folder = mkdtempSync(join(tmpdir(), 'treeway-bench-'))
writeFileSync(join(folder, 'page.html'), 'x'.repeat(size))
const bundle = join(folder, 'assets.cjs')
await build({
  stdin: {
    contents: `export * from './src/assets/create-assets.ts'; export * from './src/routes/canonical-path.ts'`,
    resolveDir: new URL('../..', import.meta.url).pathname
  },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  outfile: bundle
})

const servers = await Promise.all(peers.map(startServer))
const samples = new Map(peers.map(({ name }) => [name, []]))
for (let round = -1; round < rounds; round++) {
  for (const server of servers) {
    const sample = await measure(server)
    if (round >= 0) samples.get(server.name).push(sample)
  }
}
for (const { child } of servers) child.disconnect()
rmSync(folder, { recursive: true })
printTable()

async function startServer(peer) {
  const child = fork(new URL('server.mjs', import.meta.url), [peer.name, folder, bundle])
  const [{ port }] = await once(child, 'message')
  return { ...peer, child, url: `http://127.0.0.1:${port}${peer.path}` }
}

async function measure({ child, url, name }) {
  const before = await readCpu(child)
  const result = await autocannon({ url, connections: 32, duration: seconds })
  const after = await readCpu(child)
  const { total, average } = result.requests
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${name}: ${result.non2xx} wrong answers`)
  return { cpuUs: (after - before) / total, perSecond: average }
}

async function readCpu(child) {
  child.send('cpu')
  const [{ cpuUs }] = await once(child, 'message')
  return cpuUs
}

function printTable() {
  const raw = samples.get('raw')
  console.log('peer                 CPU us/answer   ratio to raw (min-max)   answers/s')
  for (const [name, list] of samples) {
    const ratios = list.map((sample, index) => raw[index].cpuUs / sample.cpuUs)
    const cpu = median(list.map((sample) => sample.cpuUs)).toFixed(1)
    const range = `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)})`
    const perSecond = Math.round(median(list.map((sample) => sample.perSecond)))
    console.log(`${name.padEnd(20)} ${cpu.padStart(13)}   ${range.padEnd(22)}   ${perSecond}`)
  }
}

function median(list) {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]
}
