import { parseArgs } from 'node:util'
import { pinSelf } from '../rig/machine.mjs'
import { Lane, measureRounds } from '../rig/measure.mjs'
import { installPeers } from '../rig/peers.mjs'
import { Program } from '../rig/program.mjs'
import { cases } from './cases.mjs'
import { listPeers, splitByPresence } from './peers.mjs'
import { writeReport } from './report.mjs'

const HELP = `npm run bench -- http [options]
  --only a,b         ids of cases and of peers: ${cases.map(({ id }) => id).join(' ')};
                     ${listPeers()
                       .map(({ id }) => id)
                       .join(' ')}
  --rounds 6         interleaved rounds in each generation
  --generations 1    times that all servers are started anew
  --seconds 0.25     length of a window
  --starts 3         cold starts
  --name http        what the results are called
  --quick            one short round of everything: does it work?`

const text = { type: 'string' }
const { values } = parseArgs({
  options: {
    only: { ...text, default: '' },
    rounds: text,
    generations: text,
    seconds: text,
    starts: text,
    name: text,
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false }
  }
})

if (values.help) console.log(HELP)
else await run(toSettings())

function toSettings() {
  const short = values.quick ? { rounds: 1, seconds: 0.08, starts: 1, name: 'http-quick' } : {}
  const { rounds = 6, generations = 1, seconds = 0.25, starts = 3, name = 'http' } = { ...short, ...values }
  const windowMs = Number(seconds) * 1000
  const counts = { rounds: Number(rounds), generations: Number(generations), starts: Number(starts) }
  return { ...counts, windowMs, warmMs: Math.min(120, windowMs), name }
}

async function run(settings) {
  installPeers()
  pinSelf(1)
  const { wantedCases, wantedPeers } = pick(values.only.split(',').filter(Boolean))
  const { present, missing } = splitByPresence(wantedPeers)
  const failures = missing.map(({ name, needs }) => ({
    name,
    reason: `${needs.split('/').at(-1)} is not here`
  }))
  const results = present.map((peer) => ({ ...peer, starts: [], figures: new Map() }))
  for (const peer of results) await attempt({ peer, failures, results }, async () => peer.prepare?.())
  for (let i = 0; i < settings.starts; i++) await measureStarts(results, failures)
  for (let i = 0; i < settings.generations; i++)
    await runGeneration({ results, failures, wantedCases, settings })
  await writeReport({ results, failures, cases: wantedCases, settings })
}

/** Ids of cases narrow the cases, ids of peers the peers; the floor is always there. */
function pick(ids) {
  const peers = listPeers()
  const known = new Set([...cases, ...peers].map(({ id }) => id))
  const unknown = ids.find((id) => !known.has(id))
  if (unknown) throw new Error(`There is no case and no peer "${unknown}".\n${HELP}`)
  const chosenCases = cases.filter(({ id }) => ids.includes(id))
  const wantedCases = chosenCases.length > 0 ? chosenCases : cases
  const chosen = peers.filter(({ id, kind }) => kind === 'floor' || ids.includes(id))
  const wantedPeers = (chosen.length > 1 ? chosen : peers).filter((peer) =>
    wantedCases.some(({ id }) => peer.cases.includes(id))
  )
  return { wantedCases, wantedPeers }
}

/** A peer that fails is left out, with the words it failed with; without the floor there is nothing to measure. */
async function attempt({ peer, failures, results }, step) {
  try {
    return await step()
  } catch (error) {
    if (peer.kind === 'floor') throw error
    console.error(`${peer.name}: ${error.message}`)
    failures.push({ name: peer.name, reason: error.message.split('\n')[0] })
    results.splice(results.indexOf(peer), 1)
    return undefined
  }
}

/** Every start on its own: nothing else runs meanwhile. */
async function measureStarts(results, failures) {
  for (const peer of [...results]) {
    await attempt({ peer, failures, results }, async () => {
      const program = await startProgram(peer)
      const { coldStartMs, coldStartCpuMs, startRssBytes } = program
      peer.starts.push({ coldStartMs, coldStartCpuMs, startRssBytes })
      await program.stop()
    })
  }
}

function startProgram({ name, cases: own, command, cwd, env }) {
  const path = own.includes('hello') ? '/hello' : '/file.txt'
  return new Program({ name, command, cwd, env, path }).start()
}

async function runGeneration({ results, failures, wantedCases, settings }) {
  const started = []
  try {
    for (const peer of [...results]) {
      await attempt({ peer, failures, results }, async () => {
        const program = await startProgram(peer)
        program.pause()
        started.push({ peer, program })
      })
    }
    for (const one of wantedCases)
      for (const connections of one.connections)
        await runCase({ started, failures, results, settings, one, connections })
    for (const { peer, program } of started) peer.loadedRssBytes = program.readRssBytes()
  } finally {
    for (const { program } of started) await program.stop()
  }
}

async function runCase({ started, failures, results, settings, one, connections }) {
  console.error(`${one.id} at ${connections} connections ...`)
  const lanes = []
  for (const { peer, program } of started.filter(({ peer: each }) => each.cases.includes(one.id))) {
    if (!results.includes(peer)) continue
    await attempt({ peer, failures, results }, async () => {
      const lane = new Lane({ ...one, program, id: peer.id })
      await lane.warmUp(connections)
      lanes.push(lane)
    })
  }
  const floor = lanes.find(({ id }) => id === 'raw')
  await measureRounds(lanes, { floor, connections, ...settings })
  for (const lane of lanes) {
    if (lane.error === undefined) addFigures(results, lane, `${one.id} ${connections}`)
    else
      failures.push({
        name: `${lane.program.name}, ${one.id} at ${connections}`,
        reason: lane.error.message
      })
  }
}

function addFigures(results, { id, costsUs, perSecond, floorsUs }, key) {
  const { figures } = results.find((peer) => peer.id === id)
  const sum = figures.get(key) ?? { costsUs: [], perSecond: [], floorsUs: [] }
  sum.costsUs.push(...costsUs)
  sum.perSecond.push(...perSecond)
  sum.floorsUs.push(...floorsUs)
  figures.set(key, sum)
}
