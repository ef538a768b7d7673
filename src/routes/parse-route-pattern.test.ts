import { describe, expect, it } from 'vitest'
import { toDisplayUrl } from './format-pattern.ts'
import { parseRoutePattern } from './parse-route-pattern.ts'

describe('a URL of fn.config.json', () => {
  it.each([
    ['/', '/'],
    ['/v1/api', '/v1/api'],
    ['v1/api', '/v1/api'],
    ['/v1/api/', '/v1/api'],
    ['/users/:id', '/users/:id'],
    ['/users/[id]', '/users/:id'],
    ['/files/*', '/files/*wildcard'],
    ['/files/:path*', '/files/*path'],
    ['/files/[...path]', '/files/*path'],
    ['/docs/[[...slug]]', '/docs/*slug?'],
    ['/a::b/post-:id', '/a:b/post-:id']
  ])('%s is the pattern %s', (text, url) => {
    const parsed = parseRoutePattern(text)
    expect(parsed.kind === 'pattern' && toDisplayUrl(parsed.pattern)).toBe(url)
  })

  it.each([
    ['/a//b', '   ^', 'A segment is empty.'],
    ['/*/x', ' ^', 'can only stand at its end'],
    ['/a/:rest*/x', '   ^^^^^^', 'can only stand at its end'],
    ['/a/[b', '   ^^', 'not closed'],
    ['/users/[i-d]', '       ^^^^^', '"i-d" is no name']
  ])('%s has its caret under %s', (text, carets, message) => {
    const parsed = parseRoutePattern(text)
    if (parsed.kind !== 'error') throw new Error('it is a pattern')
    expect(' '.repeat(parsed.error.index) + '^'.repeat(parsed.error.length)).toBe(carets)
    expect(parsed.error.message).toContain(message)
  })
})
