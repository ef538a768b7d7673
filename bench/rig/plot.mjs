import { mkdir, writeFile } from 'node:fs/promises'

const WIDTH = 720
const HEIGHT = 320
const MARGIN = { top: 56, right: 24, bottom: 48, left: 64 }
const ROW = 28
const LABEL_WIDTH = 220
const TICKS = 5
/** Told apart by people who see fewer colours too, on white and on black. */
const COLOURS = ['#3b82c4', '#d9822b', '#2e9f6b', '#b0559b', '#8a8f98', '#c23b3b']
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #444 }
  .title { font-size: 14px; font-weight: 600 }
  .grid { stroke: #8884; stroke-width: 1 }
  .range { stroke: #444; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) { text { fill: #ccc } .range { stroke: #ccc } }`

/**
 * Lines over a common x axis, both axes from 0.
 *
 * @param {{ title: string, xLabel: string, yLabel: string, series: { name: string, points: [number, number][] }[] }} chart
 */
export function toLineChart({ title, xLabel, yLabel, series }) {
  const points = series.flatMap((one) => one.points)
  const x = createScale(Math.max(...points.map(([value]) => value)), MARGIN.left, WIDTH - MARGIN.right)
  const y = createScale(Math.max(...points.map(([, value]) => value)), HEIGHT - MARGIN.bottom, MARGIN.top)
  const lines = series.map(({ points: own }, i) => {
    const path = own.map(([a, b]) => `${toText(x.place(a))},${toText(y.place(b))}`).join(' ')
    return `<polyline fill="none" stroke="${toColour(i)}" stroke-width="1.5" points="${path}"/>`
  })
  return toSvg(HEIGHT, [
    ...toFrame({ title, yLabel }),
    ...y.ticks.map(
      (tick) =>
        `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${toText(y.place(tick))}" y2="${toText(y.place(tick))}"/>` +
        `<text x="${MARGIN.left - 8}" y="${toText(y.place(tick) + 4)}" text-anchor="end">${toCount(tick)}</text>`
    ),
    ...x.ticks.map(
      (tick) =>
        `<text x="${toText(x.place(tick))}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="middle">${toCount(tick)}</text>`
    ),
    `<text x="${(MARGIN.left + WIDTH - MARGIN.right) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${escape(xLabel)}</text>`,
    ...lines,
    ...toLegend(series.map(({ name }) => name))
  ])
}

/**
 * Horizontal bars from 0, each with its value and, where given, the range that was measured.
 *
 * @param {{ title: string, unit: string, bars: { label: string, value: number, low?: number, high?: number, group?: number }[] }} chart
 *   `group` picks the colour.
 */
export function toBarChart({ title, unit, bars }) {
  const height = MARGIN.top + bars.length * ROW + 36
  const left = LABEL_WIDTH + 8
  const x = createScale(Math.max(...bars.map(({ value, high = value }) => high)), left, WIDTH - 88)
  const bottom = height - 28
  const rows = bars.flatMap(({ label, value, low, high, group = 0 }, i) => {
    const top = MARGIN.top + i * ROW
    const middle = top + ROW / 2
    const range =
      low === undefined || high === undefined
        ? []
        : [
            `<line class="range" x1="${toText(x.place(low))}" x2="${toText(x.place(high))}" y1="${middle}" y2="${middle}"/>`
          ]
    return [
      `<text x="${LABEL_WIDTH}" y="${middle + 4}" text-anchor="end">${escape(label)}</text>`,
      `<rect x="${left}" y="${top + 5}" width="${toText(x.place(value) - left)}" height="${ROW - 10}" fill="${toColour(group)}"/>`,
      ...range,
      `<text x="${toText(x.place(Math.max(value, high ?? 0)) + 6)}" y="${middle + 4}">${toCount(value)}</text>`
    ]
  })
  return toSvg(height, [
    ...toFrame({ title, yLabel: unit }),
    ...x.ticks.map(
      (tick) =>
        `<line class="grid" x1="${toText(x.place(tick))}" x2="${toText(x.place(tick))}" y1="${MARGIN.top}" y2="${bottom}"/>` +
        `<text x="${toText(x.place(tick))}" y="${bottom + 16}" text-anchor="middle">${toCount(tick)}</text>`
    ),
    ...rows
  ])
}

/** Writes bench/results/NAME.svg. Show it in the Markdown beside it with `![...](NAME.svg)`. */
export async function writePlot(name, svg) {
  const folder = new URL('../results/', import.meta.url)
  await mkdir(folder, { recursive: true })
  await writeFile(new URL(`${name}.svg`, folder), svg)
}

/** From 0 to a round number at or above `max`. */
function createScale(max, from, to) {
  const step = toStep(max)
  const end = Math.max(step, Math.ceil(max / step - 1e-9) * step)
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, i) => i * step)
  return { ticks, place: (value) => from + ((to - from) * value) / end }
}

function toStep(max) {
  const rough = (max || 1) / TICKS
  const power = 10 ** Math.floor(Math.log10(rough))
  return ([1, 2, 2.5, 5].find((factor) => factor * power >= rough) ?? 10) * power
}

function toFrame({ title, yLabel }) {
  return [
    `<text class="title" x="16" y="22">${escape(title)}</text>`,
    `<text x="16" y="42">${escape(yLabel)}</text>`
  ]
}

function toLegend(names) {
  const width = 130
  return names.map((name, i) => {
    const left = WIDTH - MARGIN.right - (names.length - i) * width
    return `<rect x="${left}" y="34" width="12" height="4" fill="${toColour(i)}"/><text x="${left + 18}" y="40">${escape(name)}</text>`
  })
}

function toSvg(height, parts) {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">`,
    `<style>${STYLE}\n</style>`,
    ...parts,
    '</svg>\n'
  ].join('\n')
}

function toColour(i) {
  return COLOURS[i % COLOURS.length]
}

/** A coordinate: a tenth of a pixel is fine enough, and keeps the file small. */
function toText(value) {
  return String(Math.round(value * 10) / 10)
}

function toCount(value) {
  return Number(value.toPrecision(4)).toLocaleString('en')
}

function escape(text) {
  return String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
