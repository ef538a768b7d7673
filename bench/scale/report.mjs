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

const AT_MOST = { start: 0.33, memory: 0.5 }
/** What a build of so many routes may take to start, of what a plain loop takes. */
const START_OF_LOOP = { 1000: 0.5, 10_000: 0.3 }
/** A request to one of many costs, of what a plain loop's does, at least so much of what it does with the fewest. */
const REQUEST_AT_LEAST = 0.95

function toBars(results) {
  const head = ['bar', 'limit', 'measured']
  const [smallest, ...bigger] = results
  return [
    head,
    ...bigger.flatMap((result) => [...toAutoloadBars(result, results), ...toLoopBars(result, smallest)])
  ]
}

/** Start of 1,000 routes at most a third of autoload's, memory per route at most half of it. */
function toAutoloadBars({ count, rows }, results) {
  const find = (id) => rows.find((row) => row.id === id)
  const autoload = find('autoload')
  if (autoload === undefined) return []
  const perRoute = (row) =>
    Number(toPerRoute({ row, count, results, read: (one) => toStart(one, 'startRssBytes') }))
  return ['treeway', 'build'].map(find).flatMap((row) => [
    toBar(`${row.name}: start of ${count} routes, of @fastify/autoload`, {
      value: toStart(row, 'coldStartCpuMs') / toStart(autoload, 'coldStartCpuMs'),
      atMost: AT_MOST.start
    }),
    toBar(`${row.name}: memory per route of ${count}, of @fastify/autoload`, {
      value: perRoute(row) / perRoute(autoload),
      atMost: AT_MOST.memory
    })
  ])
}

function toLoopBars({ count, rows }, smallest) {
  const pick = (from, id) => from.find((row) => row.id === id)
  const [build, loop] = ['build', 'loop'].map((id) => pick(rows, id))
  const ratio = (from) => {
    const { floorsUs, costsUs } = pick(from, 'build').lane
    return toRatio(floorsUs, costsUs).median
  }
  const atMost = START_OF_LOOP[count]
  return [
    ...(atMost === undefined
      ? []
      : [
          toBar(`${build.name}: start of ${count} routes, of the loop`, {
            value: toStart(build, 'coldStartCpuMs') / toStart(loop, 'coldStartCpuMs'),
            atMost
          })
        ]),
    toBar(`${build.name}: a random one of ${count} routes, of the loop, by the same with ${smallest.count}`, {
      value: ratio(rows) / ratio(smallest.rows),
      atLeast: REQUEST_AT_LEAST
    })
  ]
}

function toBar(text, { value, atMost, atLeast }) {
  const isMet = atMost === undefined ? value >= atLeast : value <= atMost
  const figure = value.toFixed(2)
  const limit = atMost === undefined ? `at least ${atLeast.toFixed(2)}` : `at most ${atMost.toFixed(2)}`
  return [text, limit, isMet ? `**${figure}**` : figure]
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
