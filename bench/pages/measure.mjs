import { LoadGenerator } from '../rig/load-generator.mjs'
import { printRatio, printTable } from '../rig/report.mjs'
import { toMedian, toQuantile, toRatio } from '../rig/statistics.mjs'

const WARM_ANSWERS = 30_000

/**
 * CPU time of each server per answer, in interleaved rounds, the servers started anew between generations.
 *
 * @param {{ name: string, path: string, start: () => Promise<object> }[]} servers
 */
export async function measure(servers, { generations, rounds, windowMs, connections }) {
  const results = servers.map((server) => ({ ...server, costsUs: [], perSecond: [] }))
  for (let i = 0; i < generations; i++) {
    const peers = []
    try {
      for (const result of results) peers.push(await startPeer(result, connections))
      for (let round = 0; round < rounds; round++) await runRound(peers, round, windowMs)
    } finally {
      for (const { process, generator } of peers) {
        generator.close()
        await process.stop()
      }
    }
  }
  return results
}

async function startPeer(result, connections) {
  const process = await result.start()
  const generator = new LoadGenerator({ method: 'GET', path: result.path })
  await generator.open({ port: process.port, connections })
  await warmUp(generator)
  process.pause()
  return { result, process, generator }
}

/** By answers, not by time: on a busy machine half a second is not enough for the compiler. */
async function warmUp(generator) {
  for (let answers = 0; answers < WARM_ANSWERS;) answers += (await generator.run(200)).answers
}

async function runRound(peers, round, windowMs) {
  const turn = round % peers.length
  for (const { result, process, generator } of [...peers.slice(turn), ...peers.slice(0, turn)]) {
    process.resume()
    await generator.run(windowMs / 5)
    const before = process.readCpuUs()
    const { answers, ms } = await generator.run(windowMs)
    result.costsUs.push((process.readCpuUs() - before) / answers)
    result.perSecond.push((answers / ms) * 1000)
    process.pause()
  }
}

/** What the cheap end of the rounds cost: whatever else runs on the machine only ever adds. */
export function toCost({ costsUs }) {
  return toQuantile(costsUs, 0.1)
}

/** A row for each server; ratios are of the server called `floor`. */
export function toTable(results, floor) {
  const base = results.find(({ name }) => name === floor)
  const head = [
    'server',
    'us CPU per answer: best, median',
    `of ${floor}`,
    'answers per second: median, best'
  ]
  const rows = results.map((result) => [
    result.name,
    `${toCost(result).toFixed(1)}, ${toMedian(result.costsUs).toFixed(1)}`,
    printRatio(toRatio(base.costsUs, result.costsUs)),
    `${Math.round(toMedian(result.perSecond))}, ${Math.round(toQuantile(result.perSecond, 0.9))}`
  ])
  return printTable([head, ...rows])
}
