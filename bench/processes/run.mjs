// How much more two server processes of `treeway start` answer than one.
// npm run bench -- processes [--rounds 6] [--seconds 3] [--connections 32] [--quick]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Program } from '../rig/program.mjs'
import { printTable, writeResult } from '../rig/report.mjs'
import { toMedian } from '../rig/statistics.mjs'
import { runQuietLoad } from './quiet-load.mjs'

const BIN = fileURLToPath(new URL('../../bin/treeway.js', import.meta.url))
/** Some milliseconds of one processor for each answer: so that what asks, which needs some too, does not count. */
const WORK = `import { pbkdf2Sync } from 'node:crypto'
export default function work() {
  pbkdf2Sync('password', 'salt', 10_000, 32, 'sha256')
  return { pid: process.pid }
}
`

const text = { type: 'string' }
const { values } = parseArgs({
  options: { rounds: text, seconds: text, connections: text, quick: { type: 'boolean', default: false } }
})
const quick = values.quick ? { rounds: 1, seconds: 0.5 } : {}
const settings = { rounds: 6, seconds: 3, connections: 32, ...quick, ...values }

const dir = mkdtempSync(join(tmpdir(), 'treeway-bench-'))
try {
  mkdirSync(join(dir, 'functions'))
  writeFileSync(join(dir, 'functions/hello.js'), WORK)
  await report(await measureAll([1, 2]))
} finally {
  rmSync(dir, { recursive: true, force: true })
}

async function measureAll(counts) {
  const rows = []
  for (const count of counts) rows.push({ count, program: await start(count), runs: [] })
  try {
    for (let round = 0; round < Number(settings.rounds); round++)
      for (const row of rows) row.runs.push(await measure(row.program))
  } finally {
    for (const { program } of rows) await program.stop()
  }
  return rows
}

async function start(count) {
  const program = new Program({
    name: `${count} processes`,
    command: (port) => [
      ...[process.execPath, BIN, 'start', dir, '--log-level', 'error'],
      ...['--port', String(port), '--workers', String(count)]
    ],
    core: `0-${cpus().length - 1}`
  })
  await program.start()
  await runQuietLoad({ port: program.port, connections: count * 4, seconds: 1 })
  program.pause()
  return program
}

/** The other server is stopped meanwhile. */
async function measure(program) {
  program.resume()
  const connections = Number(settings.connections)
  const before = { server: program.readCpuUs(), load: readOwnCpuUs() }
  const { answers, ms, pids } = await runQuietLoad({
    port: program.port,
    connections,
    seconds: Number(settings.seconds)
  })
  const serverUs = program.readCpuUs() - before.server
  const loadUs = readOwnCpuUs() - before.load
  program.pause()
  return {
    perSecond: (answers / ms) * 1000,
    costUs: serverUs / answers,
    serverCores: serverUs / 1000 / ms,
    loadCores: loadUs / 1000 / ms,
    leastShare: Math.min(...pids.values()) / answers
  }
}

function readOwnCpuUs() {
  const { user, system } = process.cpuUsage()
  return user + system
}

async function report(rows) {
  const [one, two] = rows
  const ratios = two.runs.map(({ perSecond }, round) => perSecond / one.runs[round].perSecond)
  const perCore = two.runs.map((run, round) => {
    const base = one.runs[round]
    return run.serverCores / base.serverCores
  })
  const head = ['processes', 'answers/s', 'CPU ms/answer', 'cores used', 'cores of the load', 'least share']
  const cells = rows.map(({ count, runs }) => {
    const median = (name, digits) => toMedian(runs.map((run) => run[name])).toFixed(digits)
    const cost = (toMedian(runs.map((run) => run.costUs)) / 1000).toFixed(2)
    return [
      count,
      median('perSecond', 0),
      cost,
      median('serverCores', 2),
      median('loadCores', 2),
      median('leastShare', 2)
    ]
  })
  await writeResult(values.quick ? 'processes-quick' : 'processes', {
    title: 'Two processes beside one',
    paragraphs: [
      `\`treeway start --workers 1\` and \`--workers 2\` on ${cpus().length} cores; each answer is some milliseconds of PBKDF2 in the ` +
        `process that serves it. ${settings.rounds} interleaved rounds of ${settings.seconds} s, ${settings.connections} connections that are ` +
        'kept alive; what asks runs beside them on the same cores. Medians. Cores used is the CPU time of the servers by the time that ' +
        'passed: on a machine where others work it says how many they got. Least share is what the less busy process answered of all.',
      printTable([head, ...cells]),
      `Two processes answer **${toMedian(ratios).toFixed(2)}** times as much as one (${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}), ` +
        `with ${toMedian(perCore).toFixed(2)} times the CPU time.`
    ]
  })
}
