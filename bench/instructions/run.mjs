// Instructions per request: what a busy machine can not disturb. npm run bench -- instructions [--only a,b] [--cases a,b] [--quick]
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { cases } from '../http/cases.mjs'
import { InstructionCounter, hasCallgrind } from '../rig/instruction-counter.mjs'
import { installPeers } from '../rig/peers.mjs'
import { printTable, writeResult } from '../rig/report.mjs'
import { toMedian } from '../rig/statistics.mjs'

const toPath = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url))
const SERVERS = [
  { id: 'raw', name: 'node:http', nodeArgs: [toPath('servers/raw.mjs')] },
  { id: 'fastify', name: 'Fastify', nodeArgs: [toPath('servers/fastify.mjs')] },
  { id: 'fastify-again', name: 'Fastify, again', nodeArgs: [toPath('servers/fastify.mjs')] },
  ...['reply', 'event', 'context', 'web'].map((style) => ({
    id: `treeway-${style}`,
    name: `Treeway ${style}`,
    nodeArgs: [toPath('servers/treeway.mjs'), toPath(`trees/${style}`)]
  })),
  { id: 'hono', name: 'Hono on Node', nodeArgs: [toPath('peers/servers/hono.mjs')] },
  { id: 'h3', name: 'h3', nodeArgs: [toPath('peers/servers/h3.mjs')] }
]

const text = { type: 'string' }
const { values } = parseArgs({
  options: {
    only: { ...text, default: SERVERS.map(({ id }) => id).join(',') },
    cases: { ...text, default: 'hello,parameter,echo' },
    quick: { type: 'boolean', default: false }
  }
})
const WINDOW = values.quick
  ? { warmRequests: 200, windowRequests: 100, windows: 2 }
  : { warmRequests: 12_000, windowRequests: 1000, windows: 5 }

if (hasCallgrind()) await run()
else throw new Error('valgrind is not installed; apt-get install valgrind has it.')

async function run() {
  installPeers()
  const wantedCases = values.cases.split(',').map((id) => cases.find((one) => one.id === id))
  const queue = SERVERS.filter(({ id }) => values.only.split(',').includes(id))
  const rows = new Map(queue.map(({ id }) => [id, []]))
  // The count does not care what else runs, so both cores are used.
  await Promise.all([0, 1].map((core) => work({ core, queue, rows, wantedCases })))
  const names = new Map(SERVERS.map(({ id, name }) => [id, name]))
  await writeResult(values.quick ? 'instructions-quick' : 'instructions', {
    title: 'Instructions per request',
    paragraphs: [toMethod(), toTable(rows, names, wantedCases)]
  })
}

async function work({ core, queue, rows, wantedCases }) {
  for (let server = queue.shift(); server; server = queue.shift()) {
    const counter = await new InstructionCounter({ ...server, core }).start()
    for (const { request } of wantedCases) rows.get(server.id).push(await counter.measure(request, WINDOW))
    await counter.stop()
    console.error(`${server.name}: ${rows.get(server.id).map((counts) => Math.round(toMedian(counts)))}`)
  }
}

function toTable(rows, names, wantedCases) {
  const base = (index) => {
    const counts = rows.get('fastify')?.[index]
    return counts && toMedian(counts)
  }
  const head = [
    'server',
    ...wantedCases.flatMap(({ id }) => [`${id}: instructions (range)`, 'Fastify / this'])
  ]
  const body = [...rows].map(([id, perCase]) => [
    names.get(id),
    ...perCase.flatMap((counts, index) => [
      `${toText(toMedian(counts))} (${toText(Math.min(...counts))}-${toText(Math.max(...counts))})`,
      base(index) ? (base(index) / toMedian(counts)).toFixed(3) : ''
    ])
  ])
  return printTable([head, ...body])
}

function toText(count) {
  return Math.round(count).toLocaleString('en')
}

function toMethod() {
  const { warmRequests, windowRequests, windows } = WINDOW
  return (
    'Counted by callgrind in user space: what the kernel does for a request (about half of the time of a hello) is not in it, nor what ' +
    `a cache miss costs. Node runs with --single-threaded --predictable, one connection, ${warmRequests} requests first, then ${windows} windows ` +
    `of ${windowRequests}; the median of the windows and their range. Two runs of one program ("Fastify, again") differ by less than one in a hundred, ` +
    'on a busy machine too, so this tells small changes apart where time can not; what it does not tell is how long they take.'
  )
}
