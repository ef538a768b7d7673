// What middleware around a Pages function costs, beside Hono's and h3's.
// npm run bench -- pages [--generations 3] [--rounds 8] [--seconds 0.1] [--quick]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { pinSelf } from '../rig/machine.mjs'
import { Lane, measureRounds } from '../rig/measure.mjs'
import { installPeers } from '../rig/peers.mjs'
import { Program } from '../rig/program.mjs'
import { printRatio, printTable, writeResult } from '../rig/report.mjs'
import { toMedian, toQuantile, toRatio } from '../rig/statistics.mjs'
import { listServers } from './servers.mjs'

const CONNECTIONS = 64
const PATH = '/a/b/hello'
const FLOOR = 'Treeway'

const text = { type: 'string' }
const { values } = parseArgs({
  options: { generations: text, rounds: text, seconds: text, quick: { type: 'boolean', default: false } }
})
const { generations, rounds, seconds } = {
  ...(values.quick
    ? { generations: 1, rounds: 1, seconds: 0.05 }
    : { generations: 3, rounds: 8, seconds: 0.1 }),
  ...values
}

const folder = mkdtempSync(join(tmpdir(), 'treeway-bench-'))
try {
  installPeers()
  pinSelf(1)
  const sums = new Map(
    listServers(folder).map(({ name }) => [name, { costsUs: [], perSecond: [], floorsUs: [] }])
  )
  for (let i = 0; i < Number(generations); i++) await runGeneration(sums)
  const name = values.quick ? 'pages-quick' : 'pages'
  await writeResult(name, {
    title: 'Pages: middleware around a function',
    paragraphs: [toMethod(), toTable(sums), toMiddlewareCost(sums)]
  })
} finally {
  rmSync(folder, { recursive: true })
}

async function runGeneration(sums) {
  const lanes = []
  try {
    for (const { name, command } of listServers(folder)) {
      const program = await new Program({ name, command, path: PATH }).start()
      const request = { method: 'GET', path: PATH }
      lanes.push(new Lane({ program, id: name, request, expected: { hello: 'world' } }))
      await lanes.at(-1).warmUp(CONNECTIONS)
    }
    const floor = lanes.find(({ id }) => id === FLOOR)
    const windowMs = Number(seconds) * 1000
    await measureRounds(lanes, {
      floor,
      rounds: Number(rounds),
      connections: CONNECTIONS,
      windowMs,
      warmMs: windowMs
    })
    for (const { id, costsUs, perSecond, floorsUs } of lanes) {
      sums.get(id).costsUs.push(...costsUs)
      sums.get(id).perSecond.push(...perSecond)
      sums.get(id).floorsUs.push(...floorsUs)
    }
  } finally {
    for (const { program } of lanes) await program.stop()
  }
}

function toTable(sums) {
  const head = ['server', 'us CPU per request: median, best', `of ${FLOOR}`, 'requests per second']
  const rows = [...sums].map(([name, { costsUs, perSecond, floorsUs }]) => [
    name,
    `${toMedian(costsUs).toFixed(1)}, ${toCost({ costsUs }).toFixed(1)}`,
    printRatio(toRatio(floorsUs, costsUs)),
    Math.round(toMedian(perSecond))
  ])
  return printTable([head, ...rows])
}

/** What the cheap end of the rounds cost: whatever else runs on the machine only ever adds. */
function toCost({ costsUs }) {
  return toQuantile(costsUs, 0.1)
}

function toMiddlewareCost(sums) {
  const lines = ['Treeway', 'Hono', 'h3'].map((name) => {
    const share = toCost(sums.get(`${name}, three middleware`)) / toCost(sums.get(name)) - 1
    return `- ${name}: ${(share * 100).toFixed(0)} % of a hello`
  })
  return ['What three middleware cost, by the cheap ends:', '', ...lines].join('\n')
}

function toMethod() {
  return (
    `${CONNECTIONS} connections, ${generations} x ${rounds} interleaved rounds of ${seconds} s for each server, the servers started anew ` +
    'between the parts. The figure is CPU time of the server per request; a ratio above 1 is cheaper than Treeway with one function ' +
    'and no middleware. "Treeway, again" shows what this run can not tell apart.'
  )
}
