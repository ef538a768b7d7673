import { expect, test } from 'vitest'
import { hasSameParts, listJsonParts } from './json-parts.ts'

const values = [
  null,
  true,
  0,
  1,
  '',
  '1',
  'a',
  [],
  {},
  [[]],
  [{}],
  [[], []],
  [[[]]],
  [1, 2],
  [2, 1],
  [1, [2]],
  [[1], 2],
  [[1, 2]],
  { a: 1 },
  { b: 1 },
  { a: '1' },
  { a: 1, b: 2 },
  { b: 2, a: 1 },
  { a: 2, b: 1 },
  { a: { b: 1 } },
  { a: [], b: {} },
  { a: {}, b: [] },
  { a: { b: 1 }, c: 2 },
  { a: { b: 1, c: 2 } },
  [{ a: 1 }, { b: 2 }],
  [{ a: 1, b: 2 }],
  ['a', 1],
  { a: ['b', 1] }
]

test('two values have the same parts exactly where they print the same', () => {
  for (const a of values) {
    for (const b of values) {
      const copy = JSON.parse(JSON.stringify(b)) as unknown
      const isSame = JSON.stringify(a) === JSON.stringify(b)
      expect([a, b, hasSameParts(listJsonParts(a), listJsonParts(copy))]).toEqual([a, b, isSame])
    }
  }
})

test('a property that is undefined is none', () => {
  expect(hasSameParts(listJsonParts({ a: 1, b: undefined }), listJsonParts({ a: 1 }))).toBe(true)
})

test('nothing is nested too deeply', () => {
  const text = '['.repeat(200_000) + ']'.repeat(200_000)
  expect(hasSameParts(listJsonParts(JSON.parse(text)), listJsonParts(JSON.parse(text)))).toBe(true)
})
