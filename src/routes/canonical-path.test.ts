import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { malformedUrl, toCanonicalUrl } from './canonical-path.ts'

const canonicalForms: readonly (readonly [string, string])[] = [
  ['/', '/'],
  ['', '/'],
  ['*', '*'],
  ['/users/42?x=%2e%zz//\\', '/users/42?x=%2e%zz//\\'],
  ['?a=1', '/?a=1'],
  ['/a/', '/a/'],
  ['//a///b//', '/a/b/'],
  ['/a\\b', '/a/b'],
  ['\\\\host\\x', '/host/x'],
  ['/%67ate', '/gate'],
  ['/g%61te/%7euser%2D%5F', '/gate/~user-_'],
  ['/a%2fb', '/a%2Fb'],
  ['/a%5cb', '/a%5Cb'],
  ['/a/./b/../c', '/a/c'],
  ['/a/%2e%2E/c', '/c'],
  ['/a/.%2e', '/'],
  ['/a/b/..', '/a/'],
  ['/a/.', '/a/'],
  ['/..', '/'],
  ['/../../etc', '/etc'],
  ['/a//../b', '/b'],
  ['/...', '/...'],
  ['/.well-known/x', '/.well-known/x'],
  ['/a..', '/a..'],
  ['/..%2fx', '/..%2Fx'],
  ['/%252e%252e/x', '/%252e%252e/x'],
  ['http://host/path?q', '/path?q'],
  ['HTTPS://user@host:1//a/../b', '/b'],
  ['http://host', '/'],
  ['http://host?q=1', '/?q=1'],
  ['http://host\\gate', '/gate'],
  ['/a#b', '/a'],
  ['/a?b#c', '/a?b#c'],
  ['/%40a%21%2C%3A', '/@a!,:'],
  ['/@a!,:', '/@a!,:'],
  ['/{x}', '/%7Bx%7D'],
  ['/%7bx%7d', '/%7Bx%7D'],
  ['/[x]|', '/[x]|'],
  ['/k%c3%a4se', '/k%C3%A4se'],
  ['/k\u00c3\u00a4se', '/k%C3%A4se'],
  ['/a%20b%0d%0a', '/a%20b%0D%0A']
]

const malformed = [
  '/%',
  '/%zz',
  '/%4',
  '/x%',
  '/%00',
  '/a%00.txt?q',
  '/\0',
  '/%c0%af',
  '/%c0%ae%c0%ae/x',
  '/%e0%80%af',
  '/%ed%a0%80',
  '/%f4%90%80%80',
  '/%ff',
  '/\u00e4',
  '/%E0%A4%A',
  '/%u002e'
]

describe('toCanonicalUrl', () => {
  it.each(canonicalForms)('turns %j into %j', (url, expected) => {
    expect(toCanonicalUrl(url)).toBe(expected)
  })

  it.each(malformed)('gives %j a target that Fastify refuses with 400', (url) => {
    expect(toCanonicalUrl(url)).toBe(malformedUrl)
  })

  it('returns the very same string where nothing is to do', () => {
    for (const url of ['/', '/hello', '/a/b.c/d?x=//..', '/a-b_c~d/']) expect(toCanonicalUrl(url)).toBe(url)
  })

  it('is idempotent', () => {
    fc.assert(
      fc.property(spellings, (url) => {
        const once = toCanonicalUrl(url)
        expect(toCanonicalUrl(once)).toBe(once)
      }),
      { numRuns: 2000 }
    )
  })

  it('never leaves an empty segment, a dot segment, a backslash or a control character in the path', () => {
    fc.assert(
      fc.property(spellings, (url) => {
        const path = toCanonicalUrl(url).split('?')[0] ?? ''
        expect(path).not.toMatch(/\/\/|\\|\/\.{1,2}(\/|$)|[^\x21-\x7e]/)
      }),
      { numRuns: 2000 }
    )
  })

  it('gives paths whose segments decode to the same names the same spelling', () => {
    const names = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }), { maxLength: 3 })
    fc.assert(
      fc.property(names.filter(areNames), fc.nat(), (segments, coins) => {
        const plain = `/${segments.map(encodeURIComponent).join('/')}`
        const escaped = `/${segments.map((segment) => escapeSome(segment, coins)).join('/')}`
        expect(toCanonicalUrl(escaped)).toBe(toCanonicalUrl(plain))
      }),
      { numRuns: 200 }
    )
  })

  it('is a path the URL standard leaves as it is', () => {
    fc.assert(
      fc.property(spellings, (url) => {
        const path = toCanonicalUrl(url).split('?')[0] ?? ''
        if (path !== '*') expect(new URL(`http://h${path}`).pathname).toBe(path)
      }),
      { numRuns: 2000 }
    )
  })

  it('takes linear time for long hostile targets', () => {
    const started = performance.now()
    for (const piece of ['/..', '//', '%2e/', '\\.', 'a:', '%25', '/a/..'])
      toCanonicalUrl(piece.repeat(50_000))
    expect(performance.now() - started).toBeLessThan(4000)
  })
})

const spellings = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '/',
        '//',
        '\\',
        '.',
        '..',
        '/./',
        '/../',
        '%2e',
        '%2F',
        '%5c',
        '%00',
        '%c0%af',
        '%25',
        '%',
        '?',
        '#'
      ),
      fc.constantFrom(
        'gate',
        '%67ate',
        'GATE',
        'http://h',
        '*',
        ':',
        ';',
        '%C3%A4',
        '\u00c3\u00a4',
        '%7B',
        '{',
        ' ',
        '%3b'
      ),
      fc.string({ maxLength: 3 })
    ),
    { maxLength: 10 }
  )
  .map((pieces) => pieces.join(''))

function areNames(segments: string[]): boolean {
  return segments.every(
    (name) => !/\p{Surrogate}/u.test(name) && !name.includes('\0') && name !== '.' && name !== '..'
  )
}

function escapeSome(segment: string, coins: number): string {
  const bytes = [...new TextEncoder().encode(segment)]
  return bytes
    .map((byte, index) => {
      const isUnreserved = /[a-z0-9\-._~!$&'()*+,;=:@]/i.test(String.fromCharCode(byte))
      if (isUnreserved && ((coins >> (index % 30)) & 1) === 1) return String.fromCharCode(byte)
      return `%${byte.toString(16).padStart(2, '0')}`
    })
    .join('')
}
