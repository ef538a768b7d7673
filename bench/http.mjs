import { isDeepStrictEqual } from 'node:util'
import { LoadGenerator } from './rig/load-generator.mjs'
import { pinSelf } from './rig/machine.mjs'
import { printRatio, printTable, writeResult } from './rig/report.mjs'
import { ServerProcess } from './rig/server-process.mjs'
import { toMedian, toQuantile, toRatio } from './rig/statistics.mjs'

const ORDER = {
  id: 4711,
  name: 'A kettle',
  active: true,
  tags: ['kitchen', 'steel'],
  address: { city: 'Bern', zip: '3011' }
}
const NOTE = 'Leave it with the neighbours, they are at home all day. '
/** 1 KB of JSON. */
const BODY = JSON.stringify({ ...ORDER, notes: Array.from({ length: 15 }, () => NOTE) })

const ENDPOINTS = [
  { name: 'hello', request: { method: 'GET', path: '/hello' }, expected: { hello: 'world' } },
  { name: 'parameter', request: { method: 'GET', path: '/users/42' }, expected: { id: '42' } },
  { name: 'echo 1 KB', request: { method: 'POST', path: '/echo', body: BODY }, expected: JSON.parse(BODY) }
]

const STYLES = ['reply', 'event', 'context', 'web']

/** Measured in every run: what the ratios are of. */
const FLOORS = new Set(['node:http', 'Fastify'])

const SERVERS = [
  { name: 'node:http', file: 'raw.mjs' },
  { name: 'Fastify', file: 'fastify.mjs' },
  // The same program twice: how far it is from 1 is what this run can not tell apart.
  { name: 'Fastify, again', file: 'fastify.mjs' },
  { name: 'Fastify, Treeway loaded', file: 'fastify.mjs', args: ['loaded'] },
  ...STYLES.map((style) => ({ name: `Treeway ${style}`, file: 'treeway.mjs', args: [style] }))
]

/**
 * Hello, a parameter and a validated 1 KB echo: the four styles beside hand-registered Fastify and raw node:http.
 *
 * Windows are short and many, because on a busy machine a short one has a chance to be left alone; and all servers are
 * started anew `generations` times, because the same program, started twice, differs by a few per cent for its whole
 * life (where its code and its objects came to lie).
 *
 * @param {{ generations?: number, rounds?: number, windowMs?: number, connections?: number, only?: string }} options
 */
export async function runHttp(options) {
  const settings = { generations: 3, rounds: 12, windowMs: 60, connections: 64, only: '', ...options }
  pinSelf(1)
  const results = SERVERS.filter(({ name }) => FLOORS.has(name) || name.includes(settings.only)).map(
    (server) => ({
      ...server,
      endpoints: ENDPOINTS.map(() => ({ costsUs: [], perSecond: [] }))
    })
  )
  for (let i = 0; i < settings.generations; i++) await runGeneration(results, settings)
  await writeResult('http', { title: 'HTTP: the four styles', paragraphs: toParagraphs(results, settings) })
}

async function runGeneration(results, settings) {
  const peers = []
  try {
    for (const result of results) peers.push(await startPeer(result, settings))
    for (let round = 0; round < settings.rounds; round++) await runRound({ peers, round, settings })
  } finally {
    for (const peer of peers) await stopPeer(peer)
  }
}

async function startPeer(result, { connections }) {
  const process = await new ServerProcess(result).start()
  const loads = []
  for (const [i, { request, expected }] of ENDPOINTS.entries()) {
    await checkAnswer(process, request, expected)
    const generator = new LoadGenerator(request)
    await generator.open({ port: process.port, connections })
    // Long enough for the compiler to be done with the hot path.
    await generator.run(400)
    loads.push({ generator, figures: result.endpoints[i] })
  }
  process.pause()
  return { process, loads }
}

async function checkAnswer({ name, port }, { method, path, body }, expected) {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, body, headers })
  const value = await answer.json()
  if (!isDeepStrictEqual(value, expected))
    throw new Error(`${name} answered ${method} ${path} with ${JSON.stringify(value)}`)
}

/** One window per server and endpoint; the order turns, so that nobody is always first. */
async function runRound({ peers, round, settings: { windowMs } }) {
  const turn = round % peers.length
  for (const { process, loads } of [...peers.slice(turn), ...peers.slice(0, turn)]) {
    process.resume()
    for (const { generator, figures } of loads) {
      await generator.run(windowMs / 5)
      const before = process.readCpuUs()
      const { answers, ms } = await generator.run(windowMs)
      figures.costsUs.push((process.readCpuUs() - before) / answers)
      figures.perSecond.push((answers / ms) * 1000)
    }
    process.pause()
  }
}

async function stopPeer({ process, loads }) {
  for (const { generator } of loads) generator.close()
  await process.stop()
}

function toParagraphs(results, { generations, rounds, windowMs, connections }) {
  const how =
    `${connections} connections, ${generations} x ${rounds} interleaved rounds of ${windowMs} ms per server and endpoint, the servers ` +
    "started anew between the parts. The figure is CPU time of the server per request; a ratio is the floor's by the " +
    "row's, so 1 costs as much as the floor and more is better. In a cell: **ratio of the cheap ends** (10th percentile of " +
    'the rounds, the figure to trust), median of the ratios within each round (their range). "Fastify, again" shows what ' +
    'this run can not tell apart; "Fastify, Treeway loaded" imports Treeway and does not use it. The echo is validated by all but node:http.'
  return [how, ...ENDPOINTS.flatMap(({ name }, index) => [`## ${name}`, toTable(results, index)])]
}

function toTable(results, index) {
  const costsOf = (name) => results.find((result) => result.name === name).endpoints[index].costsUs
  const head = [
    'server',
    'us CPU per request: best, median',
    'of Fastify',
    'of node:http',
    'requests per second: median, best'
  ]
  const rows = results.map(({ name, endpoints }) => {
    const { costsUs, perSecond } = endpoints[index]
    return [
      name,
      `${toQuantile(costsUs, 0.1).toFixed(1)}, ${toMedian(costsUs).toFixed(1)}`,
      printRatio(toRatio(costsOf('Fastify'), costsUs)),
      printRatio(toRatio(costsOf('node:http'), costsUs)),
      `${Math.round(toMedian(perSecond))}, ${Math.round(toQuantile(perSecond, 0.9))}`
    ]
  })
  return printTable([head, ...rows])
}
