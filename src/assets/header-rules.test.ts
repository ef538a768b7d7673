import { describe, expect, it } from 'vitest'
import { applyHeaderRules, parseHeaders } from './header-rules.ts'

const file = 'public/_headers'

function decorate(text: string, path: string, host?: string): Record<string, string | string[]> {
  return applyHeaderRules(
    parseHeaders(text, file).rules,
    { 'cache-control': 'own', etag: 'own' },
    { path, host }
  )
}

const faults: readonly (readonly [text: string, line: number, message: string])[] = [
  ['/a\n/b\n  X-B: 1', 1, 'No headers specified'],
  ['/a', 1, 'No headers specified'],
  ['X-A: 1', 1, 'Path should come before header (X-A: 1)'],
  ['/a\n  X-Ok: 1\n  nothing', 3, 'Expected a colon-separated header pair (e.g. name: value)'],
  ['/a\n  X-Ok: 1\n  X Y: 1', 3, 'Header name cannot include spaces'],
  ['/a\n  X-Ok: 1\n  : 1', 3, 'No header name specified'],
  ['/a\n  X-Ok: 1\n  !', 3, 'No header name specified'],
  ['/a\n  X-Ok: 1\n  X-A:', 3, 'No header value specified'],
  ['/a\n  X-Ok: 1\n  X-A: 日本', 3, 'characters a header can not hold'],
  ['/a\n  X-Ok: 1\n  X(A): 1', 3, 'characters it can not hold'],
  ['/a\n  X-Ok: 1\n  Content-Length: 0', 3, 'set by the server'],
  ['/a\n  X-Ok: 1\n  Transfer-Encoding: chunked', 3, 'set by the server'],
  ['https://h.example:8080/a\n  X: 1', 1, 'Specifying ports is not supported. Skipping absolute URL'],
  ['http://h.example/a\n  X: 1', 1, 'Expected a path beginning with at least one forward-slash'],
  ['/a/*/*\n  X: 1', 1, 'Only one wildcard is allowed per rule.'],
  ['/*/:splat\n  X: 1', 1, 'Cannot combine a wildcard * with a :splat placeholder'],
  [`/a\n  X-Ok: 1\n  X-A: ${'a'.repeat(2000)}`, 3, 'exceeds the maximum allowed length of 2000']
]

describe('_headers', () => {
  it('sets, replaces the server own value, then adds', () => {
    const text = '/*\n  X-Two: a\n  Cache-Control: one\n/x/*\n  X-Two: b\n  cache-control: two'
    expect(decorate(text, '/x/y')).toEqual({ 'cache-control': 'one, two', etag: 'own', 'x-two': 'a, b' })
    expect(decorate(text, '/z')).toEqual({ 'cache-control': 'one', etag: 'own', 'x-two': 'a' })
  })

  it('removes before it sets', () => {
    expect(decorate('/*\n  X-All: yes\n/s/*\n  ! X-All\n  ! ETag\n  X-B: 1', '/s/a')).toEqual({
      'cache-control': 'own',
      'x-b': '1'
    })
  })

  it('joins a name that comes twice in one block, and repeats cookies', () => {
    expect(decorate('/*\n  Link: a\n  Link: b', '/')['link']).toBe('a, b')
    expect(decorate('/*\n  Set-Cookie: a=1\n/x\n  Set-Cookie: b=2', '/x')['set-cookie']).toEqual([
      'a=1',
      'b=2'
    ])
  })

  it('fills placeholders and the splat', () => {
    expect(decorate('/movies/:title\n  X-Movie: saw ":title"', '/movies/up.txt')['x-movie']).toBe(
      'saw "up.txt"'
    )
    expect(decorate('/a/*\n  X-Rest: :splat', '/a/b/c')['x-rest']).toBe('b/c')
    expect(decorate('/a\n  X-Time: 10:30', '/a')['x-time']).toBe('10:30')
  })

  it('holds a rule with a host for that host alone', () => {
    const text = 'https://:app.pages.example/*\n  X-Robots-Tag: noindex :app'
    expect(decorate(text, '/x', 'Demo.pages.example:3000')['x-robots-tag']).toBe('noindex demo')
    expect(decorate(text, '/x', 'a.b.pages.example')['x-robots-tag']).toBeUndefined()
    expect(decorate(text, '/x', undefined)['x-robots-tag']).toBeUndefined()
  })

  it('does not depend on how a path is written', () => {
    expect(decorate('/käse\n  X: 1', '/k%C3%A4se')['x']).toBe('1')
    expect(decorate('/\n  X: 1', '/')['x']).toBe('1')
  })

  it('leaves comments and empty lines alone', () => {
    const text = '# all\r\n/*\r\n\r\n  # not now\r\n  X: 1\r\n'
    expect(parseHeaders(text, file).problems).toEqual([])
    expect(decorate(text, '/')['x']).toBe('1')
  })

  it.each(faults)('skips what is wrong in %j', (text, line, message) => {
    const { problems } = parseHeaders(text, file)
    expect(problems[0]).toMatchObject({ code: 'TREEWAY_HEADERS_INVALID', severity: 'warning', file, line })
    expect(problems[0]?.message).toContain(message)
  })

  it('takes 100 rules', () => {
    const text = Array.from({ length: 103 }, (_, index) => `/r${index}\n  X: 1`).join('\n')
    const { rules, problems } = parseHeaders(text, file)
    expect(rules).toHaveLength(100)
    expect(problems.map((problem) => problem.message)).toEqual([
      'Maximum number of rules supported is 100. Skipping remaining 6 lines of file.'
    ])
  })
})
