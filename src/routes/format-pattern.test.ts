import { describe, expect, it } from 'vitest'
import { listParams, toDisplayUrl, toFastifyUrl, toShape } from './format-pattern.ts'
import { parseRoutePattern } from './parse-route-pattern.ts'
import type { Pattern } from './pattern.ts'

function toPattern(url: string): Pattern {
  const parsed = parseRoutePattern(url)
  if (parsed.kind === 'error') throw new Error(parsed.error.message)
  return parsed.pattern
}

describe('a pattern as Fastify takes it', () => {
  it.each([
    ['/', '/'],
    ['/users/:id', '/users/:id'],
    ['/files/:path*', '/files/*'],
    ['/docs/[[...slug]]', '/docs/*'],
    ['/a::b', '/a::b'],
    ['/user-[id]', '/user-:id(^[\\s\\S]+$)'],
    ['/[name].[ext]', '/:name(^[\\s\\S]+$).:ext(^(?:(?!\\.)[\\s\\S])+$)'],
    ['/[a]::b', '/:a(^[\\s\\S]+$)::b']
  ])('%s is %s', (url, wanted) => {
    expect(toFastifyUrl(toPattern(url))).toBe(wanted)
  })
})

describe('a pattern as people read it', () => {
  it('marks the rest with a star, and with a question mark where it may be nothing', () => {
    const urls = ['/', '/a/:id/x', '/user-[id]', '/f/:path*', '/d/[[...slug]]'].map((url) =>
      toDisplayUrl(toPattern(url))
    )
    expect(urls).toEqual(['/', '/a/:id/x', '/user-:id', '/f/*path', '/d/*slug?'])
    expect(toDisplayUrl([{ kind: 'rest', name: '*' }])).toBe('/*')
  })
})

describe('the shape of a pattern', () => {
  it.each([
    ['/users/:id', '/users/:name'],
    ['/user-[id]', '/user-[name]'],
    ['/f/:path*', '/f/:rest*'],
    ['/f/:path*', '/f/[[...rest]]']
  ])('of %s is that of %s', (a, b) => {
    expect(toShape(toPattern(a))).toBe(toShape(toPattern(b)))
  })

  it.each([
    ['/users/:id', '/users/id'],
    ['/a::', '/a[x]'],
    ['/a[x]b[y]', '/a::b[y]'],
    ['/:id', '/*'],
    ['/a', '/a/:b'],
    ['/A', '/a']
  ])('of %s is not that of %s', (a, b) => {
    expect(toShape(toPattern(a))).not.toBe(toShape(toPattern(b)))
  })
})

describe('the parameters of a pattern', () => {
  it('are listed in order, those within a segment and the rest too', () => {
    expect(listParams(toPattern('/[a]-[b]/x/:c/[[...d]]'))).toEqual(['a', 'b', 'c', 'd'])
  })
})
