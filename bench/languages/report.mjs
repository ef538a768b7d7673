import { printTable } from '../rig/report.mjs'
import { toMedian, toQuantile } from '../rig/statistics.mjs'
import { ENDPOINTS } from './requests.mjs'
import { REFERENCE } from './servers.mjs'

/** How much longer than p50 p99 may be at many connections. */
const TAIL_BAR = 4

export function toParagraphs(results, { generations, rounds, windowMs, connections }) {
  const how =
    `${generations} x ${rounds} interleaved rounds of ${windowMs} ms per server and endpoint, the servers started anew between ` +
    'the parts; all processes of a server on core 0 (gateway and worker, nginx and php-fpm), load on core 1. The first figure is ' +
    'CPU time of all of them per request: the cheap end (10th percentile of the rounds, the figure to trust), then the median. ' +
    `A ratio is the row's cost by that of "${REFERENCE}", the same program in JavaScript behind Treeway: less is better. ` +
    'p50 and p99 are medians of the rounds. The echo is 1 KB of JSON, checked (JSON Schema in Treeway, Pydantic in FastAPI, by hand elsewhere).'
  return [
    how,
    ...ENDPOINTS.flatMap(({ name }, index) => [`## ${name}`, toTable(results, index, connections)]),
    '## Bars',
    toBars(results, connections),
    toPublished()
  ]
}

function toTable(results, index, connections) {
  const head = [
    'server',
    `us CPU per request at ${connections}: best, median`,
    `of ${REFERENCE}: best, median`,
    'requests per second',
    'p50, p99 in ms',
    'at 1: us CPU',
    'p50, p99 in ms'
  ]
  const floor = results.find(({ name }) => name === REFERENCE)
  const rows = results.map(({ name, isTreeway, endpoints }) => {
    const { many, one } = endpoints[index]
    const ratio = floor === undefined ? '' : printRatio(many.costsUs, floor.endpoints[index].many.costsUs)
    return [
      isTreeway ? `**Treeway, ${name}**` : name,
      `${toBest(many.costsUs).toFixed(1)}, ${toMedian(many.costsUs).toFixed(1)}`,
      ratio,
      String(Math.round(toMedian(many.perSecond))),
      `${toMedian(many.p50).toFixed(2)}, ${toMedian(many.p99).toFixed(2)}`,
      toBest(one.costsUs).toFixed(1),
      `${toMedian(one.p50).toFixed(3)}, ${toMedian(one.p99).toFixed(3)}`
    ]
  })
  return printTable([head, ...rows])
}

function toBars(results, connections) {
  const rows = results
    .filter(({ bar }) => bar !== undefined)
    .flatMap((result) => ENDPOINTS.map((endpoint, index) => toBarRow(results, result, { endpoint, index })))
    .filter((row) => row !== undefined)
  const tails = results
    .filter(({ isTreeway }) => isTreeway)
    .flatMap(({ name, endpoints }) =>
      ENDPOINTS.map((endpoint, index) => {
        const { p50, p99 } = endpoints[index].many
        const ratio = toMedian(p99.map((value, round) => value / p50[round]))
        return [
          `${name} ${endpoint.name}: p99 by p50 at ${connections}`,
          ratio.toFixed(2),
          TAIL_BAR.toFixed(1),
          ratio < TAIL_BAR ? 'met' : 'missed'
        ]
      })
    )
  return printTable([['what', 'is', 'at most', ''], ...rows, ...tails])
}

function toBarRow(results, { name, bar, endpoints }, { endpoint, index }) {
  const peer = results.find((result) => result.name === bar.peer)
  if (peer === undefined) return undefined
  const costs = endpoints[index].many.costsUs
  const peerCosts = peer.endpoints[index].many.costsUs
  const best = toBest(costs) / toBest(peerCosts)
  return [
    `${name} ${endpoint.name}: CPU time by that of ${bar.peer}`,
    printRatio(costs, peerCosts),
    bar[endpoint.name].toFixed(1),
    best <= bar[endpoint.name] ? 'met' : 'missed'
  ]
}

/** Of the cheap ends, then the median of the ratios within each round and their range. */
function printRatio(costs, floorCosts) {
  const ratios = costs.map((cost, round) => cost / floorCosts[round])
  const range = `${toQuantile(ratios, 0.1).toFixed(2)}-${toQuantile(ratios, 0.9).toFixed(2)}`
  return `**${(toBest(costs) / toBest(floorCosts)).toFixed(2)}** ${toMedian(ratios).toFixed(2)} (${range})`
}

function toBest(values) {
  return toQuantile(values, 0.1)
}

function toPublished() {
  return (
    "FastFN's own published figures (another machine, its own load tool, so only an order of magnitude) are in its repository; measured here on this " +
    'machine at 8 connections it used 2.5 ms of CPU per hello in Node, 1.7 ms in Python, 0.4 ms in PHP and 0.2 ms in Lua.'
  )
}
