import { describe, expect, it } from 'vitest'
import { createRedirectFinder, parseRedirects } from './redirect-rules.ts'

const file = 'public/_redirects'

function redirect(text: string, path: string, search = ''): string | undefined {
  const found = createRedirectFinder(parseRedirects(text, file).rules)(path, search)
  return found && `${found.status} ${found.location}`
}

const redirects: readonly (readonly [rule: string, url: string, expected: string | undefined])[] = [
  ['/home /new', '/home', '302 /new'],
  ['/home /new', '/home/', undefined],
  ['/home /new', '/HOME', undefined],
  ['/home /new 301', '/home?a=1', '301 /new?a=1'],
  ['/home /new?fixed=1 308', '/home?a=1', '308 /new?fixed=1'],
  ['/home /new#part 303', '/home?a=1', '303 /new?a=1#part'],
  ['/ext https://example.com/x 307', '/ext', '307 https://example.com/x'],
  ['/users/:id /profile/:id', '/users/7', '302 /profile/7'],
  ['/users/:id /profile/:id', '/users/', undefined],
  ['/users/:id /profile/:id', '/users/7/x', undefined],
  ['/:y-:m-:slug /blog/:y/:m/:slug', '/2020-01-a-b', '302 /blog/2020-01/a/b'],
  ['/:a/x/:b.html /:b/:a', '/1/x/2.html', '302 /2/1'],
  ['/blog/* /posts/:splat 301', '/blog/a/b', '301 /posts/a/b'],
  ['/blog/* /posts/:splat 301', '/blog/', '301 /posts/'],
  ['/blog/* /posts/:splat 301', '/blog', undefined],
  ['/img/*.jpg /pictures/:splat.png', '/img/a/b.jpg', '302 /pictures/a/b.png'],
  ['/*/old/:id /:splat/new/:id', '/a/b/old/3', '302 /a/b/new/3'],
  ['/rw/:x /rewritten 200', '/rw/1', '200 /rewritten'],
  ['/käse /cheese', '/k%C3%A4se', '302 /cheese'],
  ['/cheese /käse', '/cheese', '302 /k%C3%A4se'],
  ['/%67o /there', '/go', '302 /there'],
  ['/go/* //:splat', '/go/evil.example', '302 /evil.example'],
  ['/a /b # why', '/a', '302 /b'],
  ['# /a /b', '/a', undefined],
  ['/keep/:id /:other/:id', '/keep/1', '302 /:other/1']
]

const faults: readonly (readonly [line: string, message: string])[] = [
  ['/a', 'Expected exactly 2 or 3 whitespace-separated tokens. Got 1.'],
  ['/a /b 301 x', 'Expected exactly 2 or 3 whitespace-separated tokens. Got 4.'],
  ['/a /b 404', 'Valid status codes are 200, 301, 302 (default), 303, 307, or 308. Got 404.'],
  ['https://x.example/a /b', 'Only relative URLs are allowed. Skipping absolute URL https://x.example/a.'],
  ['a /b', 'URLs should begin with a forward-slash.'],
  ['/a b', 'URLs should begin with a forward-slash'],
  ['/a http://x.example/', 'URLs should begin with a forward-slash, or with https://'],
  ['/a https://x.example/ 200', 'Proxy (200) redirects can only point to relative paths.'],
  ['/* /index.html 200', 'Infinite loop detected'],
  ['/ /index', 'Infinite loop detected'],
  ['/a /a 301', 'Infinite loop detected'],
  ['/a/* /a/:splat', 'Infinite loop detected'],
  ['/a/*/* /b', 'Only one wildcard is allowed per rule.'],
  ['/a/*/:splat /b', 'Cannot combine a wildcard * with a :splat placeholder.'],
  ['/a%zz /b', 'Error parsing URL segment /a%zz. Skipping.'],
  [`/a /${'b'.repeat(2000)}`, 'Ignoring line 2 as it exceeds the maximum allowed length of 2000.']
]

describe('_redirects', () => {
  it.each(redirects)('%j on %s: %s', (rule, url, expected) => {
    const [path = '', query] = url.split('?')
    expect(redirect(rule, path, query === undefined ? '' : `?${query}`)).toBe(expected)
  })

  it.each(faults)('skips %j with a warning that names the line', (line, message) => {
    const { rules, problems } = parseRedirects(`/ok /fine\n${line}\n/also /fine`, file)
    expect(rules.map((rule) => rule.source)).toEqual(['/ok', '/also'])
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({
      code: 'TREEWAY_REDIRECTS_INVALID',
      severity: 'warning',
      file,
      line: 2
    })
    expect(problems[0]?.message).toContain(message)
  })

  it('keeps the first of two rules for a path', () => {
    const text = '/dup /one\r\n/dup /two\r\n'
    expect(redirect(text, '/dup')).toBe('302 /one')
    expect(parseRedirects(text, file).problems[0]).toMatchObject({ line: 2 })
  })

  it('asks static rules first and the others from the top', () => {
    const text = '/a/b /static\n/a/:x /first\n/a/* /second\n/a/z /late'
    expect(redirect(text, '/a/b')).toBe('302 /static')
    expect(redirect(text, '/a/z')).toBe('302 /first')
    expect(redirect(text, '/a/z/y')).toBe('302 /second')
  })

  it('takes 2,000 static rules', () => {
    const lines = Array.from({ length: 2001 }, (_, index) => `/s${index} /t`)
    const { rules, problems } = parseRedirects(lines.join('\n'), file)
    expect(rules).toHaveLength(2000)
    expect(problems.map((problem) => [problem.line, problem.message])).toEqual([
      [2001, 'Maximum number of static rules supported is 2000. Skipping line.']
    ])
  })

  it('takes 100 dynamic rules, static ones below the first of them counted', () => {
    const lines = Array.from({ length: 103 }, (_, index) =>
      index % 2 === 0 ? `/d${index}/* /t` : `/s${index} /t`
    )
    const { rules, problems } = parseRedirects(lines.join('\n'), file)
    expect(rules).toHaveLength(100)
    expect(problems[0]?.message).toBe(
      'Maximum number of dynamic rules supported is 100. Skipping remaining 3 lines of file.'
    )
  })

  it('matches long hostile paths in linear time', () => {
    const find = createRedirectFinder(parseRedirects('/:a-:b-:c-:d-:e-:f.x/* /t', file).rules)
    const started = performance.now()
    find(`/${'-'.repeat(200_000)}/y`, '')
    find(`/${'a-'.repeat(100_000)}.x`, '')
    expect(performance.now() - started).toBeLessThan(4000)
  })
})
