// The study of issue 8: what routes cost that leave Fastify out. npm run bench -- lean-lane [requests|start]
// [--generations 3] [--rounds 8] [--seconds 0.1] [--counts 1000,10000] [--starts 3] [--quick]
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { cases } from '../http/cases.mjs'
import { generateTree, listTreeRequests } from '../rig/generate-tree.mjs'
import { pinSelf } from '../rig/machine.mjs'
import { Lane, measureRounds } from '../rig/measure.mjs'
import { Program } from '../rig/program.mjs'
import { printRatio, printTable, writeResult } from '../rig/report.mjs'
import { toMedian, toRatio } from '../rig/statistics.mjs'

const CONNECTIONS = 64
const CASES = cases.filter(({ id }) => ['hello', 'parameter', 'echo'].includes(id))
const toPath = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url))
const node = (...args) => ({ command: () => [process.execPath, ...args] })
const TREEWAY = toPath('servers/treeway.mjs')
const LEAN = toPath('lean-lane/server.mjs')

const SERVERS = [
  { name: 'node:http', ...node(toPath('servers/raw.mjs')) },
  { name: 'Fastify', ...node(toPath('servers/fastify.mjs')) },
  ...['event', 'context', 'web'].flatMap((style) => {
    const tree = toPath(`trees/${style}`)
    return [
      { name: `${style}, Treeway`, ...node(TREEWAY, tree) },
      { name: `${style}, lane`, ...node(LEAN, tree) },
      { name: `${style}, lane that counts`, ...node(LEAN, tree, 'counted') }
    ]
  })
]

const text = { type: 'string' }
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ generations: text, rounds: text, seconds: text, counts: text, starts: text },
    quick: { type: 'boolean', default: false }
  }
})
const short = { generations: 1, rounds: 1, seconds: 0.05, counts: '100', starts: 1 }
const full = { generations: 3, rounds: 8, seconds: 0.1, counts: '1000,10000', starts: 3 }
const settings = { ...(values.quick ? short : full), ...values }
const parts = { requests: measureRequests, start: measureStarts }

pinSelf(1)
const paragraphs = []
for (const name of positionals.length > 0 ? positionals : Object.keys(parts))
  paragraphs.push(...(await parts[name]()))
await writeResult(values.quick ? 'lean-lane-quick' : 'lean-lane', {
  title: 'A lane beside Fastify: a study',
  paragraphs
})

async function measureRequests() {
  const sums = new Map(SERVERS.map(({ name }) => [name, CASES.map(() => ({ costsUs: [], floorsUs: [] }))]))
  for (let i = 0; i < Number(settings.generations); i++) await runGeneration(sums)
  const head = ['server', ...CASES.flatMap(({ id }) => [`${id}, us CPU`, 'of node:http'])]
  const rows = [...sums].map(([name, perCase]) => [
    name,
    ...perCase.flatMap(({ costsUs, floorsUs }) => [
      toMedian(costsUs).toFixed(1),
      printRatio(toRatio(floorsUs, costsUs))
    ])
  ])
  return [
    '## Requests',
    'The lane takes hello and parameter; the echo has a schema, so it is handed on to Fastify and shows what asking the lane first costs.',
    printTable([head, ...rows])
  ]
}

async function runGeneration(sums) {
  const programs = []
  try {
    for (const server of SERVERS) {
      programs.push(await new Program(server).start())
      programs.at(-1).pause()
    }
    for (const [index, one] of CASES.entries()) {
      const lanes = programs.map((program) => new Lane({ ...one, program, id: program.name }))
      for (const lane of lanes) await lane.warmUp(CONNECTIONS)
      const windowMs = Number(settings.seconds) * 1000
      const window = { connections: CONNECTIONS, windowMs, warmMs: windowMs }
      await measureRounds(lanes, { floor: lanes[0], rounds: Number(settings.rounds), ...window })
      for (const { id, costsUs, floorsUs } of lanes) {
        sums.get(id)[index].costsUs.push(...costsUs)
        sums.get(id)[index].floorsUs.push(...floorsUs)
      }
    }
  } finally {
    for (const program of programs) await program.stop()
  }
}

async function measureStarts() {
  const rows = []
  for (const count of settings.counts.split(',').map(Number)) rows.push(...(await measureCount(count)))
  const head = ['event routes', 'start', 'CPU to the first answer, ms', 'wall, ms', 'memory, MB']
  return [
    '## Start',
    'From the spawn of the process to its first answer. "Lane" registers no route with Fastify at all.',
    printTable([head, ...rows])
  ]
}

async function measureCount(count) {
  const tree = await generateTree(count, { events: true })
  try {
    const { status } = spawnSync(process.execPath, [toPath('../bin/treeway.js'), 'build', tree.dir], {
      stdio: ['ignore', 'ignore', 'inherit']
    })
    if (status !== 0) throw new Error('The tree could not be built.')
    const build = `${tree.dir}/.treeway/build`
    const starters = [
      { name: 'Treeway, the tree', ...node(TREEWAY, tree.dir) },
      { name: 'Treeway, its build', ...node(TREEWAY, build) },
      { name: 'lane, the tree', ...node(LEAN, tree.dir, 'alone') },
      { name: 'lane, its build', ...node(LEAN, build, 'alone') }
    ]
    const starts = new Map(starters.map(({ name }) => [name, []]))
    const { path } = listTreeRequests(1)[0].request
    for (let i = 0; i < Number(settings.starts); i++) {
      for (const starter of starters) {
        const program = await new Program({ ...starter, path }).start()
        const { coldStartCpuMs, coldStartMs, startRssBytes } = program
        starts.get(starter.name).push({ coldStartCpuMs, coldStartMs, startRssBytes })
        await program.stop()
      }
    }
    return [...starts].map(([name, own]) => {
      const median = (key) => toMedian(own.map((one) => one[key]))
      const memory = Math.round(median('startRssBytes') / 2 ** 20)
      return [
        count.toLocaleString('en'),
        name,
        Math.round(median('coldStartCpuMs')),
        Math.round(median('coldStartMs')),
        memory
      ]
    })
  } finally {
    await tree.remove()
  }
}
