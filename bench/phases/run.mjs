// Where the start of a tree of 1,000 and of 10,000 files spends its time. npm run bench -- phases [--rounds 3] [--counts 1000,10000]
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { generateTree } from '../rig/generate-tree.mjs'
import { toPinned } from '../rig/machine.mjs'
import { installPeers } from '../rig/peers.mjs'
import { printTable, writeResult } from '../rig/report.mjs'
import { toMedian } from '../rig/statistics.mjs'

const PHASES = ['framework', 'walk', 'read', 'import', 'register', 'ready']

const STARTERS = [
  { name: 'Treeway, createApp', file: 'app.mjs' },
  { name: 'Treeway, createApp of a build', file: 'app.mjs', isBuild: true },
  { name: 'Treeway, step by step', file: 'steps.mjs' },
  { name: 'Treeway, code kept on disk', file: 'steps.mjs', args: ['caches'] },
  { name: 'Fastify, a loop', file: 'loop.mjs' },
  // It ends with a stack overflow between 2,000 and 3,000 files.
  { name: '@fastify/autoload', file: 'autoload.mjs', plugins: true, maxFiles: 1000 }
]

const { values } = parseArgs({ options: { rounds: { type: 'string' }, counts: { type: 'string' } } })
await run({
  rounds: Number(values.rounds ?? 3),
  counts: (values.counts ?? '1000,10000').split(',').map(Number)
})

async function run({ rounds, counts }) {
  installPeers()
  const sections = []
  for (const count of counts)
    sections.push(`## ${count.toLocaleString('en')} files`, await measure(count, rounds))
  const how =
    `ms of CPU time in a fresh process, medians of ${rounds} interleaved rounds; total also as wall time with its range. Half of the ` +
    'routes have a parameter; 100 routes in a folder. Nothing listens; memory is the resident set when all is ready. ' +
    "Step by step calls what createApp is made of, some of it twice so that it can be told apart: its memory and total are not createApp's."
  await writeResult('phases', {
    title: 'Starting a big tree, phase by phase',
    paragraphs: [how, ...sections]
  })
}

async function measure(count, rounds) {
  const trees = { routes: await generateTree(count), plugins: await generateTree(count, { plugins: true }) }
  const build = buildTree(trees.routes.dir)
  const starters = STARTERS.filter(({ maxFiles = count }) => count <= maxFiles)
  const runs = new Map(starters.map(({ name }) => [name, []]))
  try {
    for (let round = 0; round < rounds; round++) {
      for (const starter of starters) {
        const { dir } = starter.plugins ? trees.plugins : starter.isBuild ? build : trees.routes
        runs.get(starter.name).push(await runOnce(starter, dir))
      }
    }
  } finally {
    await Promise.all([trees.routes.remove(), trees.plugins.remove()])
  }
  return toTable(runs)
}

/** In the tree's own folder, so that it goes with it. */
function buildTree(tree) {
  const dir = `${tree}/.treeway/build`
  const command = fileURLToPath(new URL('../../bin/treeway.js', import.meta.url))
  const { status } = spawnSync(process.execPath, [command, 'build', tree], {
    stdio: ['ignore', 'ignore', 'inherit']
  })
  if (status !== 0) throw new Error('The tree could not be built.')
  return { dir }
}

async function runOnce({ name, file, args = [] }, dir) {
  const script = fileURLToPath(new URL(`servers/${file}`, import.meta.url))
  const [command, ...rest] = toPinned(0, [process.execPath, script, dir, ...args])
  const child = spawn(command, rest, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' }
  })
  let report
  child.on('message', (message) => (report = message))
  await once(child, 'close')
  if (report === undefined) throw new Error(`${name} did not start`)
  return report
}

function toTable(runs) {
  const head = ['start', ...PHASES, 'total', 'total, wall (range)', 'memory, MB']
  const rows = [...runs].map(([name, reports]) => {
    const total = (unit) =>
      reports.map(({ laps }) => Object.values(laps).reduce((sum, lap) => sum + lap[unit], 0))
    const walls = total('ms')
    return [
      name,
      ...PHASES.map((phase) => toPhaseCell(reports, phase)),
      Math.round(toMedian(total('cpuMs'))),
      `${Math.round(toMedian(walls))} (${Math.round(Math.min(...walls))}-${Math.round(Math.max(...walls))})`,
      Math.round(toMedian(reports.map(({ rssBytes }) => rssBytes)) / 2 ** 20)
    ]
  })
  return printTable([head, ...rows])
}

function toPhaseCell(reports, phase) {
  const laps = reports.map(({ laps }) => laps[phase]).filter(Boolean)
  return laps.length === 0 ? '' : Math.round(toMedian(laps.map(({ cpuMs }) => cpuMs)))
}
