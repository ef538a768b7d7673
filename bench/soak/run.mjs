// An hour in short form: mixed requests of all styles, with faults and clients that go away. Memory and descriptors must stay
// flat; exit code 1 if they do not, or if an answer was wrong. npm run bench -- soak [--seconds 90] [--clients 32] [--quick]
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { toLineChart, writePlot } from '../rig/plot.mjs'
import { countDescriptors, readTreeRssBytes } from '../rig/process-tree.mjs'
import { printTable, writeResult } from '../rig/report.mjs'
import { startClients } from './client.mjs'
import { judge } from './judge.mjs'

const NAMES = { rssBytes: 'resident', heapBytes: 'heap, buffers', descriptors: 'descriptors' }

const text = { type: 'string' }
const { values } = parseArgs({
  options: { seconds: text, clients: text, quick: { type: 'boolean', default: false } }
})
const seconds = Number(values.seconds ?? (values.quick ? 8 : 90))
const clients = Number(values.clients ?? 32)
/** Enough samples for the medians of a quarter, however short the run is. */
const SAMPLE_MS = Math.min(1000, (seconds * 1000) / 40)

const server = fork(
  new URL('server.mjs', import.meta.url),
  [fileURLToPath(new URL('tree', import.meta.url))],
  { execArgv: ['--expose-gc'], env: { ...process.env, NODE_ENV: 'production' } }
)
process.on('exit', () => server.kill('SIGKILL'))
const [{ port }] = await once(server, 'message')
const stopping = new AbortController()
const load = startClients({ port, count: clients, signal: stopping.signal })
const samples = []
const began = performance.now()
while (performance.now() - began < seconds * 1000) {
  await wait(SAMPLE_MS)
  samples.push(await takeSample())
}
stopping.abort()
await load.stop()
const rest = await takeRest()
server.disconnect()
await report()

async function takeSample() {
  server.send('memory')
  const [{ heapBytes }] = await once(server, 'message')
  return {
    seconds: (performance.now() - began) / 1000,
    rssBytes: readTreeRssBytes(server.pid),
    heapBytes,
    descriptors: countDescriptors(server.pid)
  }
}

/** With all clients gone: what is still open belongs to the server itself. */
async function takeRest() {
  const deadline = performance.now() + 5000
  let sample = await takeSample()
  while (sample.descriptors > samples[0].descriptors - clients && performance.now() < deadline) {
    await wait(50)
    sample = await takeSample()
  }
  return sample
}

async function report() {
  const name = values.quick ? 'soak-quick' : 'soak'
  await writePlot(
    `${name}-memory`,
    toPlot({ title: 'Memory', unit: 'MB', keys: ['rssBytes', 'heapBytes'], factor: 2 ** 20 })
  )
  await writePlot(
    `${name}-descriptors`,
    toPlot({ title: 'Descriptors', unit: 'open', keys: ['descriptors'], factor: 1 })
  )
  const verdict = judge(samples)
  const { answers, aborted, wrong } = load.totals
  await writeResult(name, {
    title: 'Soak',
    paragraphs: [
      `${seconds} s, ${clients} clients: ${answers.toLocaleString('en')} answers, ${aborted.toLocaleString('en')} requests aborted in the middle, ${wrong.length} wrong answers. ` +
        'Routes of all styles, a static file, a stream, 404, 405, faults and broken JSON in turn. Flat means that the median of the last quarter is at most ' +
        '15 % above that of the second, and at most 16 descriptors; the heap is read after a full collection.',
      printTable([
        ['', 'second quarter to last', 'flat'],
        ['resident memory', toPercent(verdict.rss.share), verdict.rss.isFlat ? 'yes' : 'no'],
        ['heap and buffers', toPercent(verdict.heap.share), verdict.heap.isFlat ? 'yes' : 'no'],
        ['descriptors', String(verdict.descriptors.count), verdict.descriptors.isFlat ? 'yes' : 'no'],
        ['descriptors when all clients are gone', String(rest.descriptors), '']
      ]),
      `![Memory](${name}-memory.svg)`,
      `![Descriptors](${name}-descriptors.svg)`,
      ...(wrong.length > 0 ? [`Wrong: ${[...new Set(wrong)].slice(0, 10).join('; ')}`] : [])
    ]
  })
  const isGood = wrong.length === 0 && Object.values(verdict).every(({ isFlat }) => isFlat)
  process.exitCode = isGood ? 0 : 1
}

function toPercent(share) {
  return `${(share * 100).toFixed(1)} %`
}

function toPlot({ title, unit, keys, factor }) {
  return toLineChart({
    title,
    xLabel: 'seconds',
    yLabel: unit,
    series: keys.map((key) => ({
      name: NAMES[key],
      points: samples.map((sample) => [sample.seconds, sample[key] / factor])
    }))
  })
}
