import { toRatio } from '../rig/statistics.mjs'

const CASES = ['hello', 'parameter', 'echo', 'orders']
const MAIN = 64

/** What we promise: `ratio` of CPU per request, more is better. */
const BARS = [
  { id: 'treeway-reply', of: 'fastify', ratio: 1 },
  { id: 'treeway-reply', of: 'fastify-loaded', ratio: 1 },
  { id: 'treeway-event', of: 'treeway-reply', ratio: 0.95 },
  ...['treeway-web', 'treeway-context'].flatMap((id) => ['hono', 'h3'].map((of) => ({ id, of, ratio: 1.3 })))
]

/** A table of what was promised and what was measured, case by case; bold where it is met. */
export function toBars(results) {
  const rows = BARS.flatMap(({ id, of, ratio }) => {
    const [own, base] = [id, of].map((each) => results.find((peer) => peer.id === each))
    if (!own || !base) return []
    return [
      [
        `${own.name} of ${base.name}`,
        ratio.toFixed(2),
        ...CASES.map((name) => toCell(own, base, { name, ratio }))
      ]
    ]
  })
  const noise = toNoise(results)
  const noiseRow = noise ? [['Fastify, again, of Fastify', '1', ...noise]] : []
  return [['bar', 'at least', ...CASES], ...rows, ...noiseRow]
}

function toCell(own, base, { name, ratio }) {
  const value = toRelativeOf(own, base, name)
  if (value === undefined) return ''
  return value >= ratio ? `**${value.toFixed(2)}**` : value.toFixed(2)
}

function toNoise(results) {
  const [again, fastify] = ['fastify-again', 'fastify'].map((id) => results.find((peer) => peer.id === id))
  return again && fastify && CASES.map((name) => toRelativeOf(again, fastify, name)?.toFixed(2) ?? '')
}

function toRelativeOf(own, base, name) {
  const [a, b] = [own, base].map(({ figures }) => figures.get(`${name} ${MAIN}`))
  if (!a || !b) return undefined
  return toRatio(a.floorsUs, a.costsUs).median / toRatio(b.floorsUs, b.costsUs).median
}
