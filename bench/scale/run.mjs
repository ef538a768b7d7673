// 10, 1,000 and 10,000 routes: how long they take to start, what they hold, and how fast a random one of them answers.
// npm run bench -- scale [--counts 10,1000,10000] [--starts 3] [--rounds 6] [--seconds 0.2] [--quick]
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { generateTree, listTreeRequests } from '../rig/generate-tree.mjs'
import { pinSelf } from '../rig/machine.mjs'
import { Lane, measureRounds } from '../rig/measure.mjs'
import { installPeers } from '../rig/peers.mjs'
import { Program } from '../rig/program.mjs'
import { writeReport } from './report.mjs'

const CONNECTIONS = 64
const FLOOR = 'loop'
const toPath = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url))
const TREEWAY = toPath('servers/treeway.mjs')

const STARTERS = [
  { id: 'treeway', name: 'Treeway, the tree', file: TREEWAY, tree: 'routes' },
  { id: 'build', name: 'Treeway, its build', file: TREEWAY, tree: 'build' },
  { id: FLOOR, name: 'Fastify, a loop', file: toPath('scale/servers/loop.mjs'), tree: 'routes' },
  // It ends with a stack overflow between 2,000 and 3,000 files.
  {
    id: 'autoload',
    name: '@fastify/autoload',
    file: toPath('peers/servers/autoload-tree.mjs'),
    tree: 'plugins',
    maxRoutes: 1000
  }
]

const text = { type: 'string' }
const { values } = parseArgs({
  options: {
    counts: text,
    starts: text,
    rounds: text,
    seconds: text,
    quick: { type: 'boolean', default: false }
  }
})
const quick = values.quick ? { counts: '10,200', starts: 1, rounds: 1, seconds: 0.05 } : {}
const settings = { counts: '10,1000,10000', starts: 3, rounds: 6, seconds: 0.2, ...quick, ...values }

installPeers()
pinSelf(1)
const results = []
for (const count of settings.counts.split(',').map(Number)) {
  console.error(`${count} routes ...`)
  results.push({ count, rows: await measureCount(count) })
}
await writeReport({ name: values.quick ? 'scale-quick' : 'scale', results, settings, floor: FLOOR })

async function measureCount(count) {
  const trees = { routes: await generateTree(count), plugins: await generateTree(count, { plugins: true }) }
  try {
    const began = performance.now()
    trees.build = buildTree(trees.routes.dir)
    const buildMs = performance.now() - began
    const rows = STARTERS.filter(({ maxRoutes = count }) => count <= maxRoutes).map((starter) => ({
      ...starter,
      starts: [],
      ...(starter.id === 'build' ? { buildMs } : {})
    }))
    for (let i = 0; i < Number(settings.starts); i++) for (const row of rows) await measureStart(row, trees)
    await measureLoad({ rows, trees, count })
    return rows
  } finally {
    await Promise.all([trees.routes.remove(), trees.plugins.remove()])
  }
}

/** In the tree's own folder, so that it goes with it. */
function buildTree(tree) {
  const { status } = spawnSync(process.execPath, [toPath('../bin/treeway.js'), 'build', tree], {
    stdio: ['ignore', 'ignore', 'inherit']
  })
  if (status !== 0) throw new Error('The tree could not be built.')
  return { dir: `${tree}/.treeway/build` }
}

function startProgram({ name, file, tree }, trees) {
  const path = listTreeRequests(1)[0].request.path
  return new Program({ name, path, command: () => [process.execPath, file, trees[tree].dir] }).start()
}

async function measureStart(row, trees) {
  const program = await startProgram(row, trees)
  const { coldStartMs, coldStartCpuMs, startRssBytes } = program
  row.starts.push({ coldStartMs, coldStartCpuMs, startRssBytes })
  await program.stop()
}

async function measureLoad({ rows, trees, count }) {
  const questions = shuffle(listTreeRequests(count))
  const lanes = []
  try {
    for (const row of rows) {
      const program = await startProgram(row, trees)
      const requests = questions.map(({ request }) => request)
      row.lane = new Lane({ program, id: row.id, request: requests, expected: questions[0].expected })
      lanes.push(row.lane)
      // Every route once at least: a build imports a file when it is first asked for.
      await row.lane.warmUp(CONNECTIONS, { least: Math.max(8000, count * 2), limitMs: 30_000 })
    }
    const floor = lanes.find(({ id }) => id === FLOOR)
    const windowMs = Number(settings.seconds) * 1000
    const rounds = Number(settings.rounds)
    await measureRounds(lanes, { floor, rounds, connections: CONNECTIONS, windowMs, warmMs: windowMs / 2 })
    for (const row of rows) row.loadedRssBytes = row.lane.program.readRssBytes()
  } finally {
    for (const { program } of lanes) await program.stop()
  }
}

/** The same order in every run: a linear congruential generator is random enough to defeat a cache. */
function shuffle(list) {
  let seed = 42
  const keyed = list.map((value) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return { value, key: seed }
  })
  return keyed.sort((a, b) => a.key - b.key).map(({ value }) => value)
}
