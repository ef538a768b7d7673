import fc from 'fast-check'
import type { Part, Pattern, Segment } from '../../src/routes/pattern.ts'
import type { PlainRoute } from './brute-force.ts'

/** Few and alike, so that routes meet; with characters that are special to a router, a URL or a regular expression. */
const TEXTS = [
  'a',
  'b',
  'ab',
  'user',
  'user-',
  'x.y',
  'é',
  'a b',
  '100%',
  'a+b',
  'c:d',
  ':',
  '(x)',
  '2F',
  'A',
  '$',
  '~',
  'a%2Fb',
  '-'
]
const PIECES = ['-', '.', 'user-', 'a', 'x', 'F', '2F', '5', '%', 'é', ':', '(', ')', '+', 'a b', '--']
const VALUES = [
  ...TEXTS,
  'x/y',
  'x/',
  '/',
  '42',
  'user-42',
  'x-y',
  'x-y-z',
  'x.y.z',
  'user-x.a',
  'a?b',
  'a#b',
  '%2F',
  'x\ny',
  '\n',
  '%',
  'null',
  'aa',
  'axa'
]
const METHODS = [['GET'], ['GET'], ['GET'], ['POST'], ['GET', 'POST'], ['HEAD'], ['PUT'], ['*']]
const ASKED = ['GET', 'GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']

export interface Ask {
  readonly method: string
  readonly path: string
}

/** Up to nine routes, each in a file of its own; some will be in conflict. */
export function arbitraryRoutes(): fc.Arbitrary<PlainRoute[]> {
  const route = fc.record({ pattern: arbitraryPattern(), methods: fc.constantFrom(...METHODS) })
  return fc
    .array(route, { minLength: 1, maxLength: 9 })
    .map((routes) => routes.map((one, i) => ({ file: `file${i}.js`, ...one })))
}

export function arbitraryPattern(): fc.Arbitrary<Pattern> {
  const text = fc.constantFrom(...TEXTS).map((value): Segment => ({ kind: 'text', text: value }))
  const param = fc.constant<Segment>({ kind: 'param', name: '' })
  const segment = fc.oneof(
    { weight: 4, arbitrary: text },
    { weight: 3, arbitrary: param },
    { weight: 3, arbitrary: arbitraryMixed() }
  )
  const end = fc.constantFrom<Segment[]>(
    [],
    [],
    [],
    [{ kind: 'rest', name: '' }],
    [{ kind: 'optional-rest', name: '' }]
  )
  return fc
    .tuple(fc.array(segment, { maxLength: 3 }), end)
    .map(([front, last]) => nameParams([...front, ...last]))
}

function arbitraryMixed(): fc.Arbitrary<Segment> {
  const piece = fc.constantFrom(...PIECES)
  const behind = piece.filter((text) => !text.includes('%'))
  return fc
    .record({
      front: fc.option(piece, { nil: '' }),
      between: fc.array(behind, { maxLength: 2 }),
      back: fc.option(behind, { nil: '' })
    })
    .filter(({ front, between, back }) => front !== '' || between.length > 0 || back !== '')
    .map(({ front, between, back }) => ({ kind: 'mixed', parts: toParts(front, between, back) }))
}

function toParts(front: string, between: readonly string[], back: string): Part[] {
  const param: Part = { kind: 'param', name: '' }
  const parts = [front, ...between].flatMap((text): Part[] => [{ kind: 'text', text }, param])
  return [...parts, { kind: 'text' as const, text: back }].filter(
    (part) => part.kind === 'param' || part.text !== ''
  )
}

/** Two routes of one shape have other names: `p0`, `p1` ... by place, so a mix-up shows. */
function nameParams(pattern: Pattern): Pattern {
  let next = 0
  const toName = (): string => `p${next++}`
  return pattern.map((segment): Segment => {
    if (segment.kind === 'text') return segment
    if (segment.kind !== 'mixed') return { ...segment, name: toName() }
    return {
      kind: 'mixed',
      parts: segment.parts.map((part) => (part.kind === 'text' ? part : { kind: 'param', name: toName() }))
    }
  })
}

/** Requests that mostly aim at one of the routes, and at times miss it by a little. */
export function arbitraryAsks(routes: readonly PlainRoute[]): fc.Arbitrary<Ask[]> {
  const aimed = fc.constantFrom(...routes).chain(({ pattern }) => arbitraryPath(pattern))
  const wild = fc.array(fc.constantFrom(...VALUES, ''), { maxLength: 4 })
  const segments = fc.oneof({ weight: 4, arbitrary: aimed }, { weight: 1, arbitrary: wild })
  const path = fc
    .tuple(segments, fc.constantFrom('', '', '/'), fc.infiniteStream(fc.boolean()))
    .map(([values, end, spelling]) => `/${values.map((value) => spell(value, spelling)).join('/')}${end}`)
  return fc.array(fc.record({ method: fc.constantFrom(...ASKED), path }), { minLength: 1, maxLength: 24 })
}

function arbitraryPath(pattern: Pattern): fc.Arbitrary<string[]> {
  const parts = pattern.map((segment): fc.Arbitrary<string[]> => {
    if (segment.kind === 'text') return fc.constant([segment.text])
    if (segment.kind === 'param') return fc.constantFrom(...VALUES, '').map((value) => [value])
    if (segment.kind === 'mixed') return arbitraryMixedValue(segment.parts).map((value) => [value])
    return fc.array(fc.constantFrom(...VALUES, ''), { maxLength: 3 })
  })
  return fc.tuple(...parts).map((values) => values.flat())
}

function arbitraryMixedValue(parts: readonly Part[]): fc.Arbitrary<string> {
  const values = parts.map((part) =>
    part.kind === 'text' ? fc.constant(part.text) : fc.constantFrom(...VALUES, '')
  )
  return fc.tuple(...values).map((texts) => texts.join(''))
}

/** One of the spellings of a segment: what need not be escaped is escaped at times. */
function spell(value: string, spelling: IterableIterator<boolean>): string {
  // A dot segment is no segment: canonical-path.test.ts has those.
  if (value === '.' || value === '..') return 'dots'
  const characters = [...value].map((character) => {
    const escaped = encodeURIComponent(character)
    if (/[A-Za-z0-9]/.test(character) && spelling.next().value === true) return toEscape(character)
    return escaped
  })
  return characters.join('')
}

function toEscape(character: string): string {
  return `%${character.charCodeAt(0).toString(16)}`
}
