import { compareText } from './compare-text.ts'
import type { Pattern, Segment } from './pattern.ts'

const RANK = { text: 0, mixed: 1, param: 2, rest: 3, 'optional-rest': 4 } as const

/**
 * Which of two patterns is asked first, decided segment by segment from the left:
 * text, then text with a parameter in it, then a parameter, then the rest, then the optional rest.
 * So a static file always beats a catch-all, the folder's own index included.
 * Negative: `a` first. Patterns of one shape compare by their text, only to keep the order stable.
 */
export function comparePatterns(a: Pattern, b: Pattern): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const left = a[i]
    const right = b[i]
    if (!left || !right) break
    const order = compareSegments(left, right)
    if (order !== 0) return order
  }
  return compareEnds(a, b)
}

function compareSegments(a: Segment, b: Segment): number {
  if (a.kind !== b.kind) return RANK[a.kind] - RANK[b.kind]
  if (a.kind === 'text' && b.kind === 'text') return compareText(a.text, b.text)
  if (a.kind === 'mixed' && b.kind === 'mixed') return compareMixed(a, b)
  return 0
}

/** The longer text in front is the narrower one (`user-[id]` before `us[rest]`), then the longer text behind. */
function compareMixed(a: Segment & { kind: 'mixed' }, b: Segment & { kind: 'mixed' }): number {
  const front = toEdge(a.parts[0]).length - toEdge(b.parts[0]).length
  const back = toEdge(a.parts.at(-1)).length - toEdge(b.parts.at(-1)).length
  if (front !== 0) return -front
  if (back !== 0) return -back
  return compareText(JSON.stringify(a.parts), JSON.stringify(b.parts))
}

function toEdge(part: (Segment & { kind: 'mixed' })['parts'][number] | undefined): string {
  return part?.kind === 'text' ? part.text : ''
}

/** A pattern that ends beats one that goes on with an optional rest; other lengths never match the same URL. */
function compareEnds(a: Pattern, b: Pattern): number {
  return a.length - b.length
}
