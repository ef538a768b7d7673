import { toBarChart, writePlot } from '../rig/plot.mjs'
import { printRatio, printTable, writeResult } from '../rig/report.mjs'
import { toMedian, toRatio } from '../rig/statistics.mjs'

export async function writeReport({ name, results, settings, floor }) {
  const biggest = results.at(-1)
  await writePlot(`${name}-start`, toStartPlot(biggest))
  const paragraphs = [
    toMethod(settings),
    `![CPU time of a start](${name}-start.svg)`,
    ...results.flatMap(({ count, rows }) => [
      `## ${count.toLocaleString('en')} routes`,
      toTable({ count, rows }, results, floor)
    ])
  ]
  const bars = toBars(results)
  if (bars.length > 1) paragraphs.push('## Bars', printTable(bars))
  await writeResult(name, { title: 'Trees of 10 to 10,000 routes', paragraphs })
}

function toMethod({ starts, rounds, seconds }) {
  return (
    `Half of the routes have a parameter; 100 routes in a folder. A start is from the spawn of the process to its first answer, medians of ${starts} ` +
    `interleaved starts, CPU time of all its threads and processes. Memory per route is what the resident set has more than with the smallest tree, at ` +
    `that first answer; a build imports a file when it is first asked for, so after the load (every route asked) it is told again. Requests: a random one of all ` +
    `routes, 64 connections, ${rounds} interleaved rounds of ${seconds} s; the ratio is of a plain loop of \`app.get()\`, above 1 is cheaper.`
  )
}

function toTable({ count, rows }, results, floor) {
  const base = rows.find(({ id }) => id === floor).lane
  const head = [
    'start',
    'CPU, ms',
    'wall, ms (range)',
    'memory, MB',
    'KB per route',
    'KB per route, after the load',
    'us CPU per request',
    'of the loop',
    'requests per second'
  ]
  const cells = rows.map((row) => {
    const { name, starts, lane, buildMs } = row
    const walls = starts.map(({ coldStartMs }) => Math.round(coldStartMs))
    const { costsUs, perSecond, floorsUs } = lane
    return [
      buildMs === undefined ? name : `${name} (built in ${(buildMs / 1000).toFixed(1)} s)`,
      Math.round(toStart(row, 'coldStartCpuMs')),
      `${toMedian(walls)} (${Math.min(...walls)}-${Math.max(...walls)})`,
      Math.round(toStart(row, 'startRssBytes') / 2 ** 20),
      toPerRoute({ row, count, results, read: (one) => toStart(one, 'startRssBytes') }),
      toPerRoute({ row, count, results, read: (one) => one.loadedRssBytes }),
      toMedian(costsUs).toFixed(1),
      lane === base ? '1' : printRatio(toRatio(floorsUs, costsUs)),
      Math.round(toMedian(perSecond))
    ]
  })
  return printTable([head, ...cells])
}

function toStart({ starts }, key) {
  return toMedian(starts.map((one) => one[key]))
}

function toPerRoute({ row, count, results, read }) {
  const [smallest] = results
  const base = smallest.rows.find(({ id }) => id === row.id)
  if (smallest.count === count || base === undefined) return ''
  return ((read(row) - read(base)) / (count - smallest.count) / 1024).toFixed(1)
}

/** Start of 1,000 routes at most a third of autoload's, memory per route at most half of it. */
function toBars(results) {
  const head = ['bar', 'at most', 'measured']
  const small = results.find(({ rows }) => rows.some(({ id }) => id === 'autoload'))
  const last = results.findLast(({ rows }) => rows.some(({ id }) => id === 'autoload'))
  if (last === undefined || last === small) return [head]
  const find = (id) => last.rows.find((row) => row.id === id)
  const perRoute = (id) =>
    Number(
      toPerRoute({
        row: find(id),
        count: last.count,
        results,
        read: (one) => toStart(one, 'startRssBytes')
      })
    )
  const rows = ['treeway', 'build'].flatMap((id) => {
    const start = toStart(find(id), 'coldStartCpuMs') / toStart(find('autoload'), 'coldStartCpuMs')
    return [
      [`${find(id).name}: start of ${last.count} routes, of @fastify/autoload`, '0.33', toCell(start, 0.33)],
      [
        `${find(id).name}: memory per route, of @fastify/autoload`,
        '0.50',
        toCell(perRoute(id) / perRoute('autoload'), 0.5)
      ]
    ]
  })
  return [head, ...rows]
}

function toCell(value, limit) {
  return value <= limit ? `**${value.toFixed(2)}**` : value.toFixed(2)
}

function toStartPlot({ count, rows }) {
  return toBarChart({
    title: `Start of ${count.toLocaleString('en')} routes`,
    unit: 'ms of CPU time to the first answer; less is better',
    bars: rows.map((row) => ({
      label: row.name,
      value: toStart(row, 'coldStartCpuMs'),
      group: row.id === 'autoload' || row.id === 'loop' ? 1 : 0
    }))
  })
}
