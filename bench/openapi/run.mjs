// npm run bench -- openapi [--rounds 25] [--routes 1000]: what the document costs a start that nobody asks for it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { generateTree } from '../rig/generate-tree.mjs'
import { toPinned } from '../rig/machine.mjs'
import { printTable, writeResult } from '../rig/report.mjs'
import { toMedian, toQuantile } from '../rig/statistics.mjs'

const { values } = parseArgs({ options: { rounds: { type: 'string' }, routes: { type: 'string' } } })
const rounds = Number(values.rounds ?? 25)
const routes = Number(values.routes ?? 1000)
const MODES = ['off', 'on', 'read']

const tree = await generateTree(routes)
try {
  const runs = await measure(tree.dir)
  await writeResult('openapi', {
    title: 'The start of a tree with and without its OpenAPI document',
    paragraphs: [toHow(), toTable(runs), toVerdict(runs)]
  })
} finally {
  await tree.remove()
}

/** Every round starts each mode once, in turned order, so that what else the machine does falls on all of them. */
async function measure(dir) {
  const runs = Object.fromEntries(MODES.map((mode) => [mode, []]))
  for (const mode of MODES) await startOnce(dir, mode)
  for (let round = 0; round < rounds; round++) {
    const turned = round % 2 === 0 ? MODES : [...MODES].reverse()
    for (const mode of turned) runs[mode].push(await startOnce(dir, mode))
  }
  return runs
}

async function startOnce(dir, mode) {
  const script = fileURLToPath(new URL('start-app.mjs', import.meta.url))
  const [command, ...args] = toPinned(0, [process.execPath, script, dir, mode])
  const child = spawn(command, args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' }
  })
  let facts
  child.on('message', (message) => (facts = message))
  await once(child, 'close')
  if (facts?.routes !== routes) throw new Error(`The start with ${mode} did not get ready.`)
  if (mode === 'read' && facts.paths !== routes) throw new Error(`The document has ${facts.paths} paths.`)
  return facts
}

function toHow() {
  return (
    `CPU time (user and system) of a fresh process from its first instruction until \`createApp\` of a tree of ` +
    `${routes.toLocaleString('en')} routes is ready, ${rounds} rounds in turned order. \`off\`: \`openapi: false\`. \`on\`: ` +
    '`openapi: true`, document and page are served and nobody asks. First read: what the first request for the document takes ' +
    'after that. The machine was shared with other work: CPU time, not the clock, and the differences of neighbours.'
  )
}

function toTable(runs) {
  const rows = MODES.map((mode) => {
    const ready = runs[mode].map(({ readyMs }) => readyMs)
    const read = runs[mode].map(({ readMs }) => readMs)
    return [
      mode,
      Math.round(toMedian(ready)),
      `${Math.round(toQuantile(ready, 0.1))}-${Math.round(toQuantile(ready, 0.9))}`,
      mode === 'read' ? Math.round(toMedian(read)) : ''
    ]
  })
  return printTable([
    ['openapi', 'ready, ms of CPU', '10th-90th percentile', 'first read, ms of CPU'],
    ...rows
  ])
}

function toVerdict({ off, on }) {
  const shares = on.map(({ readyMs }, round) => (readyMs / off[round].readyMs - 1) * 100)
  const cheapest = (toQuantile(ready(on), 0.1) / toQuantile(ready(off), 0.1) - 1) * 100
  return (
    `On adds **${toMedian(shares).toFixed(1)} %** to the start (median of ${rounds} pairs; quartiles ` +
    `${toQuantile(shares, 0.25).toFixed(1)} to ${toQuantile(shares, 0.75).toFixed(1)} %); the cheapest tenth of both: ${cheapest.toFixed(1)} %. ` +
    'The goal is under 5 %. A request costs the same either way: nothing of the document is on its path.'
  )
}

function ready(runs) {
  return runs.map(({ readyMs }) => readyMs)
}
