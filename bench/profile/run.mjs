// Where the time between the floor and each style goes. npm run bench -- profile [--case hello] [--seconds 3] [--quick]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { cases } from '../http/cases.mjs'
import { pinSelf } from '../rig/machine.mjs'
import { Lane } from '../rig/measure.mjs'
import { Program } from '../rig/program.mjs'
import { printTable, writeResult } from '../rig/report.mjs'
import { places, sumProfile } from './sum-profile.mjs'

const CONNECTIONS = 64
const SHOWN = 8
const toPath = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url))
const SERVERS = [
  { name: 'node:http', args: [toPath('servers/raw.mjs')] },
  { name: 'Fastify', args: [toPath('servers/fastify.mjs')] },
  ...['reply', 'event', 'context', 'web'].map((style) => ({
    name: style,
    args: [toPath('servers/treeway.mjs'), toPath(`trees/${style}`)]
  }))
]

const text = { type: 'string' }
const { values } = parseArgs({
  options: { case: text, seconds: text, quick: { type: 'boolean', default: false } }
})
const windowMs = Number(values.seconds ?? (values.quick ? 0.2 : 3)) * 1000
const wanted = (values.case ?? 'hello,echo').split(',')

pinSelf(1)
const folder = mkdtempSync(join(tmpdir(), 'treeway-profile-'))
try {
  const paragraphs = []
  for (const id of wanted) {
    const one = cases.find((each) => each.id === id)
    const profiles = []
    for (const server of SERVERS) profiles.push(await profile(server, one))
    paragraphs.push(`## ${one.title}`, toTable(profiles), toOwnLists(profiles))
  }
  await writeResult(values.quick ? 'profile-quick' : 'profile', {
    title: 'Where the time goes',
    paragraphs: [toMethod(), ...paragraphs]
  })
} finally {
  rmSync(folder, { recursive: true })
}

async function profile({ name, args }, one) {
  const file = join(folder, `${name.replace(/\W/g, '')}-${one.id}.cpuprofile`)
  const command = () => [process.execPath, '--import', toPath('profile/preload.mjs'), ...args]
  const program = await new Program({ name, command, env: { PROFILE_FILE: file } }).start()
  try {
    const lane = new Lane({ ...one, program, id: name })
    await lane.warmUp(CONNECTIONS)
    const { costUs } = await lane.measure({ connections: CONNECTIONS, windowMs, warmMs: 200 })
    program.resume()
    process.kill(program.pid, 'SIGUSR2')
    await lane.measure({ connections: CONNECTIONS, windowMs, warmMs: 200 })
    program.resume()
    process.kill(program.pid, 'SIGUSR2')
    return { name, costUs, ...sumProfile(await readProfile(file)) }
  } finally {
    await program.stop()
  }
}

/** Written by the server when it gets to it. */
async function readProfile(file) {
  const deadline = performance.now() + 60_000
  for (;;) {
    try {
      return JSON.parse(readFileSync(file, 'utf8'))
    } catch (error) {
      if (performance.now() > deadline) throw error
      await wait(50)
    }
  }
}

function toTable(profiles) {
  const rows = places.map((place) => [
    place,
    ...profiles.map(({ shares, costUs }) => (shares.get(place) * costUs).toFixed(1))
  ])
  const totals = ['all', ...profiles.map(({ costUs }) => costUs.toFixed(1))]
  return printTable([['us per request', ...profiles.map(({ name }) => name)], ...rows, totals])
}

function toOwnLists(profiles) {
  return profiles
    .filter(({ own }) => own.size > 0)
    .map(({ name, own, costUs }) => {
      const most = [...own].sort((a, b) => b[1] - a[1]).slice(0, SHOWN)
      return `- ${name}: ${most.map(([key, share]) => `${key} ${(share * costUs).toFixed(2)}`).join(', ')}`
    })
    .join('\n')
}

function toMethod() {
  return (
    `V8's sampling profiler (100 us) over ${windowMs / 1000} s under ${CONNECTIONS} connections, after the warm-up. A share of the samples in which something ran is ` +
    'given as that share of the CPU time per request, which was measured just before, without the profiler. What V8 inlines counts for the ' +
    'function it went into. Below each table the functions of our own and of srvx with the most self time, in us.'
  )
}
