import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findGuess, toDistance } from './guess.ts'

test.each([
  ['prot', 'port'],
  ['body-limit', 'bodyLimit'],
  ['publcDir', 'publicDir'],
  ['zzz', undefined],
  ['p', undefined]
])('%s is taken for %s', (typed, guess) => {
  expect(findGuess(typed, ['port', 'host', 'bodyLimit', 'publicDir'])).toBe(guess)
})

test('the distance is 0 only from a name to itself, the same both ways, and never more than the longer name', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (from, to) => {
      const distance = toDistance(from, to)
      expect(distance === 0).toBe(from === to)
      expect(toDistance(to, from)).toBe(distance)
      expect(distance).toBeLessThanOrEqual(Math.max(from.length, to.length))
    })
  )
})
