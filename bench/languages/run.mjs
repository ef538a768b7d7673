import { isDeepStrictEqual, parseArgs } from 'node:util'
import { LoadGenerator } from '../rig/load-generator.mjs'
import { pinSelf } from '../rig/machine.mjs'
import { writeResult } from '../rig/report.mjs'
import { installPeers } from './install-peers.mjs'
import { toParagraphs } from './report.mjs'
import { ENDPOINTS } from './requests.mjs'
import { SERVERS, startServer } from './servers.mjs'

const WARM_MS = 1500

const { values } = parseArgs({
  options: {
    generations: { type: 'string' },
    rounds: { type: 'string' },
    window: { type: 'string' },
    connections: { type: 'string' },
    only: { type: 'string' },
    help: { type: 'boolean' }
  }
})
if (values.help) console.log('--generations 2 --rounds 10 --window 150 (ms) --connections 64 --only ROW,ROW')
else await runLanguages(values)

/**
 * Each language behind Treeway beside what its users would pick: CPU time of all processes that serve a request, requests
 * per second, and how long they take at 64 connections and at one. Rounds are interleaved; what is not measured is stopped.
 */
async function runLanguages({ only, generations = 2, rounds = 10, window = 150, connections = 64 }) {
  const settings = {
    generations: Number(generations),
    rounds: Number(rounds),
    windowMs: Number(window),
    connections: Number(connections)
  }
  const wanted = only?.split(',')
  installPeers()
  pinSelf(1)
  const results = SERVERS.filter(({ name }) => wanted === undefined || wanted.includes(name)).map(
    (server) => ({
      ...server,
      endpoints: ENDPOINTS.map(() => ({ many: createFigures(), one: createFigures() }))
    })
  )
  for (let i = 0; i < settings.generations; i++) await runGeneration(results, settings)
  const paragraphs = toParagraphs(results, settings)
  if (wanted === undefined) await writeResult('languages', { title: 'Languages', paragraphs })
  else console.log(paragraphs.join('\n\n'))
}

function createFigures() {
  return { costsUs: [], perSecond: [], p50: [], p99: [] }
}

async function runGeneration(results, settings) {
  const peers = []
  try {
    for (const result of results) peers.push(await startPeer(result, settings))
    for (let round = 0; round < settings.rounds; round++) await runRound(peers, round, settings)
  } finally {
    for (const peer of peers) await stopPeer(peer)
  }
}

async function startPeer(result, { connections }) {
  const { tree, port } = await startServer(result)
  const loads = []
  for (const [i, { request, expected }] of ENDPOINTS.entries()) {
    await checkAnswer({ name: result.name, port }, request, expected)
    for (const [kind, count] of Object.entries({ many: connections, one: 1 })) {
      const generator = new LoadGenerator(request, { isTimed: true })
      await generator.open({ port, connections: count })
      await generator.run(kind === 'many' ? WARM_MS : WARM_MS / 5)
      generator.close()
      const share = kind === 'many' ? 1 : 0.4
      loads.push({
        generator,
        target: { port, connections: count },
        share,
        figures: result.endpoints[i][kind]
      })
    }
  }
  tree.pause()
  return { tree, loads }
}

async function checkAnswer({ name, port }, { method, path, body }, expected) {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, body, headers })
  const text = await answer.text()
  if (!answer.ok || !isDeepStrictEqual(JSON.parse(text), expected))
    throw new Error(`${name} answered ${method} ${path} with ${answer.status} ${text}`)
}

/** One window per server, endpoint and number of connections; the order turns, so that nobody is always first. */
async function runRound(peers, round, { windowMs }) {
  const turn = round % peers.length
  for (const { tree, loads } of [...peers.slice(turn), ...peers.slice(0, turn)]) {
    tree.resume()
    for (const { generator, target, share, figures } of loads) {
      // anew: servers close connections that were idle while the others were measured
      await generator.open(target)
      await generator.run((windowMs * share) / 4)
      const before = tree.readCpuUs()
      const { ms, times } = await generator.run(windowMs * share)
      figures.costsUs.push((tree.readCpuUs() - before) / times.length)
      figures.perSecond.push((times.length / ms) * 1000)
      times.sort((a, b) => a - b)
      figures.p50.push(times[Math.floor(times.length / 2)])
      figures.p99.push(times[Math.floor(times.length * 0.99)])
      generator.close()
    }
    tree.pause()
  }
}

async function stopPeer({ tree, loads }) {
  for (const { generator } of loads) generator.close()
  await tree.stop()
}
