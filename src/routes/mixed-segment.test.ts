import { describe, expect, it } from 'vitest'
import { toMixedRegex } from './mixed-segment.ts'
import { parseSegment } from './parse-segment.ts'

function match(name: string, value: string): string[] | undefined {
  const parsed = parseSegment(name, { colons: true, dots: true, namelessRest: true })
  if (parsed.kind !== 'segment' || parsed.segment.kind !== 'mixed') throw new Error(`${name} is not mixed`)
  return toMixedRegex(parsed.segment.parts).exec(value)?.slice(1)
}

describe('a segment that mixes text and parameters', () => {
  it.each([
    ['user-[id]', 'user-42', ['42']],
    ['user-[id]', 'user-', undefined],
    ['user-[id]', 'user-a/b', ['a/b']],
    ['user-[id]', 'user-a\nb', ['a\nb']],
    ['[id].json', '.json', undefined],
    ['[id].json', 'axjson', undefined],
    ['[name].[ext]', 'a.tar.gz', ['a.tar', 'gz']],
    ['[name].[ext]', 'a.', undefined],
    ['[a]-[b]-[c]', '1-2-3-4', ['1-2', '3', '4']],
    ['([a])', '(x)', ['x']],
    ['$[a]+', '$1+', ['1']]
  ])('%s on %j gives %j', (name, value, params) => {
    expect(match(name, value)).toEqual(params)
  })

  it('answers a hostile value at once, however many parameters there are', () => {
    const started = performance.now()
    for (const value of ['-'.repeat(6000), '-a'.repeat(3000), 'a'.repeat(6000)])
      match('[a]-[b]-[c]-[d].js', value)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
