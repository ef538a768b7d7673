import { describe, expect, it } from 'vitest'
import type { Pattern, Segment } from '../routes/pattern.ts'
import { createRoutesRules, createRulesMatcher, parseRoutesRules } from './routes-rules.ts'
import type { RoutesEntry } from './routes-rules.ts'

const file = 'public/_routes.json'

function toJson(include: unknown, exclude: unknown = []): string {
  return JSON.stringify({ version: 1, include, exclude })
}

function listRules(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `/${prefix}${index}`)
}

const refused: readonly (readonly [title: string, text: string, message: string])[] = [
  ['text that is no JSON', '{', 'Could not validate _routes.json'],
  [
    'another version',
    '{"version":2,"include":["/*"],"exclude":[]}',
    'the JSON object has the following format'
  ],
  ['a list', '[]', 'the JSON object has the following format'],
  ['null', 'null', 'the JSON object has the following format'],
  ['a missing exclude', '{"version":1,"include":["/*"]}', 'the JSON object has the following format'],
  ['a rule that is no text', toJson([1]), 'the JSON object has the following format'],
  ['no include', toJson([], ['/a']), 'Routes must have at least 1 include rule'],
  ['101 rules', toJson(listRules('a', 60), listRules('b', 41)), 'over the 100 rule limit'],
  ['a rule of 101 characters', toJson([`/${'a'.repeat(100)}`]), 'over the 100 character limit'],
  ['a rule without a slash', toJson(['a']), "All rules must start with '/'."],
  ['overlapping includes', toJson(['/api/*', '/api/foo']), 'Overlapping rules found.'],
  ['overlapping excludes', toJson(['/*'], ['/b/*', '/b/c']), 'Overlapping rules found.'],
  ['/* beside another include', toJson(['/*', '/a']), 'Overlapping rules found.']
]

const accepted: readonly (readonly [title: string, text: string])[] = [
  ['exactly 100 rules', toJson(listRules('a', 60), listRules('b', 40))],
  ['a rule of 100 characters', toJson([`/${'a'.repeat(99)}`])],
  ['an include that an exclude overlaps', toJson(['/*'], ['/b/*'])],
  ['duplicates', toJson(['/a', '/a'])],
  ['/api* beside /api/foo', toJson(['/api*', '/api/foo'])],
  ['/api beside /api/*', toJson(['/api', '/api/*'])],
  ['unknown keys', '{"version":1,"include":["/*"],"exclude":[],"x":1,"description":"d"}']
]

describe('parseRoutesRules', () => {
  it.each(refused)('refuses %s and names the file', (_title, text, message) => {
    const { rules, problems } = parseRoutesRules(text, file)
    expect(rules).toBeUndefined()
    expect(problems[0]).toMatchObject({ code: 'TREEWAY_ROUTES_RULES_INVALID', severity: 'error', file })
    expect(problems[0]?.message).toContain(message)
    expect(problems[0]?.message).toContain(file)
  })

  it.each(accepted)('accepts %s', (_title, text) => {
    expect(parseRoutesRules(text, file)).toMatchObject({ problems: [], rules: { version: 1 } })
  })

  it('names the rule, its line and the fix', () => {
    const text = '{\n  "version": 1,\n  "include": [\n    "/api/*",\n    "/api/foo"\n  ],\n  "exclude": []\n}'
    expect(parseRoutesRules(text, file).problems[0]).toMatchObject({ line: 5, fix: 'Remove "/api/foo".' })
  })

  it('checks the count before the length and the length before the slash', () => {
    const many = [...listRules('a', 100), 'x'.repeat(101)]
    expect(parseRoutesRules(toJson(many), file).problems[0]?.message).toContain('rule limit')
    expect(parseRoutesRules(toJson(['x'.repeat(101)]), file).problems[0]?.message).toContain(
      'character limit'
    )
  })
})

const matches: readonly (readonly [rule: string, path: string, expected: boolean])[] = [
  ['/', '/', true],
  ['/', '/other', false],
  ['/*', '/', true],
  ['/*', '/a/b', true],
  ['/foo', '/foo', true],
  ['/foo', '/foo/', true],
  ['/foo', '/foo/x', false],
  ['/foo', '/FOO', false],
  ['/foo/', '/foo', true],
  ['/foo/', '/foo/', true],
  ['/foo/', '/foo/x', false],
  ['/foo/*', '/foo', true],
  ['/foo/*', '/foo/', true],
  ['/foo/*', '/foo/a/b', true],
  ['/foo/*', '/foobar', false],
  ['/foo*', '/foo', true],
  ['/foo*', '/foobar/x', true],
  ['/foo*', '/fo', false],
  ['/api/*/x', '/api/a/b/x', true],
  ['/api/*/x', '/api/a/x/', true],
  ['/api/*/x', '/api/x', false],
  ['/api/*/x', '/api/a/b/y', false],
  ['/*.*', '/greeting/test.json', true],
  ['/*.*', '/greeting', false],
  ['/a*b*c', '/abbc', true],
  ['/a*b*b', '/ab', false],
  ['/a.c', '/abc', false],
  ['/[a-z]', '/q', false],
  ['/[a-z]', '/[a-z]', true],
  ['/(a|b)+', '/a', false],
  ['/käse/*', '/k%C3%A4se/x', true],
  ['/%67ate/*', '/gate/x', true]
]

describe('createRulesMatcher', () => {
  it.each(matches)('%s on %s: %s', (rule, path, expected) => {
    expect(createRulesMatcher({ version: 1, include: [rule], exclude: [] })(path)).toBe(expected)
  })

  it('lets an exclude win', () => {
    const reaches = createRulesMatcher({
      version: 1,
      include: ['/*', '/date'],
      exclude: ['/date', '/build/*']
    })
    expect(['/', '/date', '/date/', '/build/x', '/buildx'].map(reaches)).toEqual([
      true,
      false,
      false,
      false,
      true
    ])
  })

  it('takes linear time for rules full of wildcards', () => {
    const reaches = createRulesMatcher({ version: 1, include: [`/${'*a'.repeat(49)}b`], exclude: [] })
    const started = performance.now()
    expect(reaches(`/${'a'.repeat(200_000)}`)).toBe(false)
    expect(performance.now() - started).toBeLessThan(4000)
  })
})

describe('createRoutesRules', () => {
  const generated: readonly (readonly [title: string, entries: RoutesEntry[], include: string[]])[] = [
    ['texts', entries('/', '/a', '/b/c'), ['/', '/a', '/b/c']],
    ['a parameter and all after it as a wildcard', entries('/a/:id/b/c', '/z/:id'), ['/z/*', '/a/*']],
    ['part of a segment', entries('/user-:id'), ['/user-*']],
    ['a parameter at the root', entries('/:p', '/a/b'), ['/*']],
    ['a rest', entries('/api/*p', '/api/x', '/api/y/z'), ['/api/*']],
    ['a middleware as a wildcard', [...guards('/api'), ...entries('/api/x', '/other')], ['/other', '/api/*']],
    ['a middleware at the root', [...guards('/'), ...entries('/api/x')], ['/*']],
    [
      'a wildcard inside a segment beside a text',
      entries('/user-:id', '/user-list'),
      ['/user-*', '/user-list']
    ],
    ['a folder beside all that is below it', entries('/api', '/api/:id'), ['/api', '/api/*']],
    [
      'a rule that is too long, cut at a slash',
      entries(`/${'a'.repeat(60)}/${'b'.repeat(60)}`),
      [`/${'a'.repeat(60)}/*`]
    ],
    ['a first segment that is too long', entries(`/${'a'.repeat(120)}`, '/x'), ['/*']],
    ['names in their canonical spelling', entries('/käse brot/@x'), ['/k%C3%A4se%20brot/@x']]
  ]

  it.each(generated)('writes %s', (_title, given, include) => {
    expect(createRoutesRules(given)).toMatchObject({ version: 1, include, exclude: [] })
  })

  it('keeps 100 rules and falls back to one above that', () => {
    expect(createRoutesRules(entries(...listRules('r', 100))).include).toHaveLength(100)
    expect(createRoutesRules(entries(...listRules('r', 101))).include).toEqual(['/*'])
  })

  it('writes what it would itself accept, for a big tree in little time', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `/section${index % 90}/:id/part${index}`)
    const rules = createRoutesRules(entries(...many))
    expect(rules.include).toHaveLength(90)
    expect(parseRoutesRules(JSON.stringify(rules), file).problems).toEqual([])
  })
})

function entries(...paths: string[]): RoutesEntry[] {
  return paths.map((path) => ({ pattern: toPattern(path), hasMiddleware: false }))
}

function guards(...paths: string[]): RoutesEntry[] {
  return paths.map((path) => ({ pattern: toPattern(path), hasMiddleware: true }))
}

function toPattern(path: string): Pattern {
  return path.split('/').filter(Boolean).map(toSegment)
}

function toSegment(written: string): Segment {
  if (written.startsWith('*')) return { kind: 'optional-rest', name: written.slice(1) }
  if (written.startsWith(':')) return { kind: 'param', name: written.slice(1) }
  const [text = '', name] = written.split(':')
  if (name === undefined) return { kind: 'text', text }
  return {
    kind: 'mixed',
    parts: [
      { kind: 'text', text },
      { kind: 'param', name }
    ]
  }
}
