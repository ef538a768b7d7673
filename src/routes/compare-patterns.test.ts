import { describe, expect, it } from 'vitest'
import { comparePatterns } from './compare-patterns.ts'
import { toDisplayUrl } from './format-pattern.ts'
import { parseRoutePattern } from './parse-route-pattern.ts'
import type { Pattern } from './pattern.ts'

function toPattern(url: string): Pattern {
  const parsed = parseRoutePattern(url)
  if (parsed.kind === 'error') throw new Error(parsed.error.message)
  return parsed.pattern
}

describe('which of two patterns is asked first', () => {
  it.each([
    ['text before a parameter', '/users/settings', '/users/:id'],
    ['text with a parameter before a parameter', '/users/me-:id', '/users/:id'],
    ['a parameter before the rest', '/users/:id', '/users/:rest*'],
    ['the rest before the optional rest', '/users/:rest*', '/users/[[...all]]'],
    ['the folder itself before its optional rest', '/docs', '/docs/[[...slug]]'],
    ['the left segment before all others', '/a/:x/:y', '/:x/b/c'],
    ['the longer text in front', '/user-[id]', '/us[rest]'],
    ['the longer text behind', '/[id].json', '/[id]n']
  ])('%s', (_rule, first, second) => {
    expect(comparePatterns(toPattern(first), toPattern(second))).toBeLessThan(0)
    expect(comparePatterns(toPattern(second), toPattern(first))).toBeGreaterThan(0)
  })

  it('sorts a list the same way from any order', () => {
    const urls = ['/', '/a', '/a/b', '/a/x-:id', '/a/:id', '/a/*rest', '/a/*all?', '/:x', '/*rest', '/*all?']
    const patterns = urls.map((url) =>
      toPattern(url.replace(/\*(\w+)\?$/, '[[...$1]]').replace(/\*(\w+)$/, ':$1*'))
    )
    const sorted = patterns.toReversed().toSorted(comparePatterns).map(toDisplayUrl)
    expect(sorted).toEqual(patterns.toSorted(comparePatterns).map(toDisplayUrl))
    expect(sorted.filter((url) => url.startsWith('/a/'))).toEqual([
      '/a/b',
      '/a/x-:id',
      '/a/:id',
      '/a/*rest',
      '/a/*all?'
    ])
  })
})
