import { readFileSync } from 'node:fs'
import { toBarChart, writePlot } from '../rig/plot.mjs'
import { printRatio, printTable, writeResult } from '../rig/report.mjs'
import { toMedian, toQuantile, toRatio } from '../rig/statistics.mjs'
import { toBars } from './bars.mjs'

const GROUPS = { floor: 4, treeway: 0, peer: 1, far: 3 }

/** Writes NAME.md and one plot for each case. */
export async function writeReport({ results, failures, cases, settings }) {
  const paragraphs = [toMethod(settings)]
  const bars = toBars(results)
  if (bars.length > 1) paragraphs.push('## Bars', printTable(bars))
  for (const one of cases) {
    const plot = `${settings.name}-${one.id}`
    await writePlot(plot, toPlot(results, one))
    paragraphs.push(`## ${one.title}`, `![CPU time per request](${plot}.svg)`, toTable(results, one))
  }
  paragraphs.push('## Start and memory', toStartTable(results), '## What was measured', toVersions(results))
  if (failures.length > 0)
    paragraphs.push(
      ['Left out:', '', ...failures.map(({ name, reason }) => `- ${name}: ${reason}`)].join('\n')
    )
  await writeResult(settings.name, { title: 'HTTP, side by side', paragraphs })
}

function toMethod({ rounds, generations, windowMs }) {
  return (
    `${generations} x ${rounds} interleaved rounds of ${windowMs} ms for each server and case, every server in production mode, one core ` +
    'for the server and one for the load. The figure is CPU time of the server (all its processes and threads) per request; a ratio is ' +
    "the floor's of the same round by the row's, so that 1 costs as much as raw node:http and more is better. In a cell: **median of the " +
    'ratios** (their range), and the ratio of the cheap ends (10th percentile), which other work on the machine disturbs least. "Fastify, again" ' +
    'shows what this run can not tell apart; "Fastify, Treeway loaded" imports Treeway and does not use it. The load generator reaches about ' +
    '40,000 requests per second, so servers that could do more are idle at times, and CPU time is the figure to compare them by.'
  )
}

function toTable(results, { id, connections: counts }) {
  const [main, ...others] = counts
  const head = [
    'server',
    'us CPU per request',
    'of node:http',
    'of Fastify',
    'requests per second',
    ...others.flatMap((count) => [`of node:http, ${count} connections`, `requests per second, ${count}`])
  ]
  const fastify = find(results, 'fastify')?.figures.get(`${id} ${main}`)
  const rows = sortByCost(results, `${id} ${main}`).map(({ name, figures }) => {
    const own = figures.get(`${id} ${main}`)
    return [
      name,
      toMedian(own.costsUs).toFixed(1),
      printRatio(toRatio(own.floorsUs, own.costsUs)),
      fastify ? toRelative(fastify, own).toFixed(2) : '',
      Math.round(toMedian(own.perSecond)),
      ...others.flatMap((count) => toMoreCells(figures.get(`${id} ${count}`)))
    ]
  })
  return printTable([head, ...rows])
}

function toMoreCells(figures) {
  if (figures === undefined) return ['', '']
  return [printRatio(toRatio(figures.floorsUs, figures.costsUs)), Math.round(toMedian(figures.perSecond))]
}

/** How two servers stand to each other, by the way each stands to the floor around it. */
export function toRelative(base, own) {
  return toRatio(own.floorsUs, own.costsUs).median / toRatio(base.floorsUs, base.costsUs).median
}

function sortByCost(results, key) {
  const cost = ({ figures }) => toMedian(figures.get(key).costsUs)
  return results.filter(({ figures }) => figures.has(key)).sort((a, b) => cost(a) - cost(b))
}

function toPlot(results, { id, title, connections: [main] }) {
  const key = `${id} ${main}`
  const bars = sortByCost(results, key).map(({ name, kind, figures }) => {
    const { costsUs } = figures.get(key)
    return {
      label: name,
      value: toMedian(costsUs),
      low: toQuantile(costsUs, 0.1),
      high: toQuantile(costsUs, 0.9),
      group: GROUPS[kind]
    }
  })
  // The slowest would leave the others no room.
  const limit = bars[0].value * 25
  const [shown, beyond] = [
    bars.filter(({ value }) => value <= limit),
    bars.filter(({ value }) => value > limit)
  ]
  const note = beyond.map(({ label, value }) => `${label} ${Math.round(value)}`).join(', ')
  const unit = `us of CPU per request at ${main} connections; less is better${note && `. Not shown: ${note}`}`
  return toBarChart({ title, unit, bars: shown })
}

function toStartTable(results) {
  const head = [
    'server',
    'first answer, ms',
    'CPU until then, ms',
    'memory then, MB',
    'memory after the load, MB'
  ]
  const toMb = (bytes) => Math.round(bytes / 2 ** 20)
  const rows = results
    .filter(({ starts }) => starts.length > 0)
    .map(({ name, starts, loadedRssBytes = 0 }) => {
      const median = (key) => toMedian(starts.map((one) => one[key]))
      return [
        name,
        Math.round(median('coldStartMs')),
        Math.round(median('coldStartCpuMs')),
        toMb(median('startRssBytes')),
        toMb(loadedRssBytes)
      ]
    })
  return printTable([head, ...rows])
}

function toVersions(results) {
  const packages = new Set(['fastify', 'elysia', ...results.map(({ version }) => version).filter(Boolean)])
  const known = [...packages, 'bun', 'node24', 'node26'].map((name) => [name, readVersion(name)])
  return known
    .filter(([, version]) => version !== undefined)
    .map(([name, version]) => `${name.replace(/^(node)(\d+)$/, 'Node')} ${version}`)
    .join(', ')
}

function readVersion(name) {
  try {
    const file = new URL(`../peers/node_modules/${name}/package.json`, import.meta.url)
    return JSON.parse(readFileSync(file, 'utf8')).version
  } catch {
    return undefined
  }
}

export function find(results, id) {
  return results.find((peer) => peer.id === id)
}
