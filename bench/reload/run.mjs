// From a save to the first new answer of `treeway dev`, and memory over many reloads.
// npm run bench -- reload [--counts 200,10000] [--rounds 40] [--reloads 1000] [--quick]
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { generateTree } from '../rig/generate-tree.mjs'
import { toLineChart, writePlot } from '../rig/plot.mjs'
import { printTable, writeResult } from '../rig/report.mjs'
import { toQuantile } from '../rig/statistics.mjs'
import { startDevServer } from './dev-server.mjs'

const text = { type: 'string' }
const { values } = parseArgs({
  options: { counts: text, rounds: text, reloads: text, quick: { type: 'boolean', default: false } }
})
const counts = (values.counts ?? (values.quick ? '200' : '200,10000')).split(',').map(Number)
const rounds = Number(values.rounds ?? (values.quick ? 5 : 40))
const reloads = Number(values.reloads ?? (values.quick ? 40 : 1000))
/** A new app for thousands of routes takes its time, and a few say as much as many. */
const NEW_APP_ROUNDS = { few: Math.min(6, rounds), files: 2000 }
/** What an edit may take at the 95th percentile, by the files of the tree. */
const MOST_MS = new Map([
  [200, 100],
  [10_000, 300]
])
/** Reloads for one point of the plot. */
const BATCH = Math.max(5, Math.round(reloads / 40))
const name = values.quick ? 'reload-quick' : 'reload'

/** Each changes the tree in its way, the n-th time; `ask` sees when it has taken effect. */
const CHANGES = {
  'a handler is edited': ({ dir }, version) => [
    () => writeHandler(dir, version),
    async (ask) => (await ask('/edited')).body === `{"value":${version}}`
  ],
  'a module it imports is edited': ({ dir }, version) => [
    () => writeLib(dir, version),
    async (ask) => (await ask('/imports')).body === `{"value":${version}}`
  ],
  'a file is added or removed': ({ dir }, version) => [
    () => toggle(join(dir, 'functions/toggled.js'), version),
    async (ask) => (await ask('/toggled')).status === (version % 2 === 1 ? 200 : 404)
  ]
}

const latencies = []
for (const count of counts) latencies.push(...(await withTree(count, measureLatency)))
const memory = await withTree(200, measureMemory)
await report()

async function withTree(count, measure) {
  const tree = await generateTree(count)
  mkdirSync(join(tree.dir, 'lib'))
  writeLib(tree.dir, 0)
  writeFileSync(
    join(tree.dir, 'functions/imports.js'),
    "import { value } from '../lib/value.js'\nexport default async () => ({ value })\n"
  )
  writeHandler(tree.dir, 0)
  const server = await startDevServer(tree.dir)
  try {
    return await measure({ dir: tree.dir, server, count })
  } finally {
    await server.stop()
    await tree.remove()
  }
}

function writeHandler(dir, version) {
  writeFileSync(join(dir, 'functions/edited.js'), `export default async () => ({ value: ${version} })\n`)
}

function writeLib(dir, version) {
  writeFileSync(join(dir, 'lib/value.js'), `export const value = ${version}\n`)
}

function toggle(file, version) {
  if (version % 2 === 1) writeFileSync(file, 'export default async () => 1\n')
  else rmSync(file)
}

async function measureLatency(place) {
  const rows = []
  for (const [what, toChange] of Object.entries(CHANGES)) {
    const isNewApp = what.includes('added')
    const times = isNewApp && place.count >= NEW_APP_ROUNDS.files ? NEW_APP_ROUNDS.few : rounds
    const taken = []
    // The first of a kind loads code that later ones find loaded; both versions count up from 1.
    for (let version = 1; version <= times + 2; version++)
      taken.push(await place.server.measure(...toChange(place, version)))
    rows.push({ count: place.count, what, taken: taken.slice(2) })
  }
  return rows
}

/** Memory after every batch of reloads in the app that serves, and then of reloads that each build a new one. */
async function measureMemory(place) {
  const kinds = [
    ['edited', CHANGES['a handler is edited']],
    ['new app', CHANGES['a file is added or removed']]
  ]
  const series = []
  for (const [kind, toChange] of kinds) {
    const points = []
    for (let done = 0; done < reloads;) {
      const taken = []
      for (let i = 0; i < BATCH; i++)
        taken.push((await place.server.measure(...toChange(place, ++done + 10_000))).ms)
      const { heapBytes, rssBytes, descriptors } = await place.server.readMemory()
      points.push({
        done,
        p50: toQuantile(taken, 0.5),
        p95: toQuantile(taken, 0.95),
        heapBytes,
        rssBytes,
        descriptors
      })
    }
    series.push({ kind, points })
  }
  return series
}

async function report() {
  const toSeries = (key, factor) =>
    memory.map(({ kind, points }) => ({
      name: kind,
      points: points.map((point) => [point.done, point[key] / factor])
    }))
  const latency = memory.flatMap(({ kind, points }) =>
    ['p50', 'p95'].map((key) => ({
      name: `${kind}, ${key}`,
      points: points.map((point) => [point.done, point[key]])
    }))
  )
  const xLabel = 'reloads, 200 files'
  await writePlot(
    `${name}-latency`,
    toLineChart({ title: 'From a save to the first new answer', xLabel, yLabel: 'ms', series: latency })
  )
  await writePlot(
    `${name}-memory`,
    toLineChart({
      title: 'Heap and buffers after a collection',
      xLabel,
      yLabel: 'MB',
      series: toSeries('heapBytes', 2 ** 20)
    })
  )
  await writeResult(name, {
    title: 'Reloads of treeway dev',
    paragraphs: [
      'From the write to the first answer that shows it, asked without a pause over one kept connection; CPU is of the server with those ' +
        'answers. The watcher waits for 30 ms of quiet before it tells. `treeway dev` as it is, OpenAPI and health on.',
      toLatencyTable(),
      ...toBars(),
      `## Memory over ${reloads.toLocaleString('en')} reloads of each kind, 200 files`,
      toMemoryTable(),
      `![latency](${name}-latency.svg)`,
      `![memory](${name}-memory.svg)`
    ]
  })
}

function toLatencyTable() {
  const head = ['files', 'what', 'p50, ms', 'p95, ms', 'CPU p50, ms', 'times']
  const rows = latencies.map(({ count, what, taken }) => {
    const pick = (key, share) =>
      Math.round(
        toQuantile(
          taken.map((one) => one[key]),
          share
        )
      )
    return [
      count.toLocaleString('en'),
      what,
      pick('ms', 0.5),
      pick('ms', 0.95),
      pick('cpuMs', 0.5),
      taken.length
    ]
  })
  return printTable([head, ...rows])
}

function toBars() {
  const rows = latencies.flatMap(({ count, what, taken }) => {
    const most = MOST_MS.get(count)
    if (most === undefined || !what.includes('edited')) return []
    const p95 = Math.round(
      toQuantile(
        taken.map(({ ms }) => ms),
        0.95
      )
    )
    const name = `${count.toLocaleString('en')} files: ${what}, p95`
    return [[name, `${most} ms`, p95 <= most ? `**${p95} ms**` : `${p95} ms`]]
  })
  return rows.length === 0 ? [] : ['## Bars', printTable([['bar', 'at most', 'measured'], ...rows])]
}

function toMemoryTable() {
  const head = ['reloads', 'heap first, MB', 'heap last, MB', 'most, MB', 'descriptors first', 'last']
  const toMb = (bytes) => (bytes / 2 ** 20).toFixed(1)
  const rows = memory.map(({ kind, points }) => {
    const [first] = points
    const last = points.at(-1)
    const most = Math.max(...points.map(({ heapBytes }) => heapBytes))
    return [
      kind,
      toMb(first.heapBytes),
      toMb(last.heapBytes),
      toMb(most),
      first.descriptors,
      last.descriptors
    ]
  })
  return printTable([head, ...rows])
}
