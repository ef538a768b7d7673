import { describe, expect, it } from 'vitest'
import { parseSegment } from './parse-segment.ts'
import type { SegmentSyntax } from './parse-segment.ts'
import type { Part, Segment } from './pattern.ts'

const SYNTAX = {
  fastfn: { colons: false, dots: true, namelessRest: false },
  pages: { colons: false, dots: false, namelessRest: false },
  gadget: { colons: true, dots: true, namelessRest: true }
} as const satisfies Record<string, SegmentSyntax>

const text = (value: string): Part & { kind: 'text' } => ({ kind: 'text', text: value })
const param = (name: string): Part & { kind: 'param' } => ({ kind: 'param', name })
const mixed = (...parts: Part[]): Segment => ({ kind: 'mixed', parts })
const rest = (name: string): Segment => ({ kind: 'rest', name })
const optionalRest = (name: string): Segment => ({ kind: 'optional-rest', name })

describe('a form that a convention knows', () => {
  it.each<[keyof typeof SYNTAX, string, Segment]>([
    ['fastfn', 'users', text('users')],
    ['fastfn', 'my_func-2 é', text('my_func-2 é')],
    ['fastfn', '[id]', param('id')],
    ['fastfn', '[1]', param('1')],
    ['fastfn', '[userId_2]', param('userId_2')],
    ['fastfn', '[...path]', rest('path')],
    ['fastfn', '[[...path]]', optionalRest('path')],
    ['fastfn', '[[path]]', optionalRest('path')],
    ['pages', '[id]', param('id')],
    ['pages', '[[path]]', optionalRest('path')],
    ['pages', 'user-[id]', mixed(text('user-'), param('id'))],
    ['pages', '[name].[ext]', mixed(param('name'), text('.'), param('ext'))],
    ['pages', 'v[a]x', mixed(text('v'), param('a'), text('x'))],
    ['pages', '100%-[id]', mixed(text('100%-'), param('id'))],
    ['pages', '(group)', text('(group)')],
    ['gadget', ':id', param('id')],
    ['gadget', '[id]', param('id')],
    ['gadget', 'post-:id', mixed(text('post-'), param('id'))],
    ['gadget', 'post-[id]', mixed(text('post-'), param('id'))],
    ['gadget', 'a::b', text('a:b')],
    ['gadget', '::', text(':')],
    ['gadget', '::id', text(':id')],
    ['gadget', ':id::x', mixed(param('id'), text(':x'))],
    ['gadget', ':a-:b', mixed(param('a'), text('-'), param('b'))],
    ['gadget', '[...]', rest('*')],
    ['gadget', '[...path]', rest('path')]
  ])('in %s: %s', (convention, name, segment) => {
    expect(parseSegment(name, SYNTAX[convention])).toEqual({ kind: 'segment', segment })
  })
})

describe('a form that no convention, or not this one, knows', () => {
  it.each<[keyof typeof SYNTAX, string, string, string]>([
    ['fastfn', '[]', '^^', 'The parameter "[]" has no name.'],
    ['fastfn', 'a[]', ' ^^', 'The parameter "[]" has no name.'],
    ['fastfn', '[a-b]', '^^^^^', '"a-b" is no name'],
    ['fastfn', '[a.b]', '^^^^^', '"a.b" is no name'],
    ['fastfn', '[...a b]', '^^^^^^^^', '"a b" is no name'],
    ['fastfn', '[...]', '^^^^^', 'has no name'],
    ['fastfn', '[id', '^^^', 'not closed as they were opened'],
    ['fastfn', '[[id]', '^^^^^', 'not closed as they were opened'],
    ['fastfn', '[id]]', '^^^^^', 'not closed as they were opened'],
    ['fastfn', 'id]', '  ^', 'A closing bracket has no opening one.'],
    ['fastfn', 'a:b', ' ^', 'A colon can not stand in this file name.'],
    ['fastfn', 'a*', ' ^', '"*" can not stand in a URL path.'],
    ['fastfn', 'why?', '   ^', '"?" can not stand in a URL path.'],
    ['fastfn', 'c#', ' ^', '"#" can not stand in a URL path.'],
    ['fastfn', 'a\\b', ' ^', '"\\" can not stand in a URL path.'],
    ['fastfn', 'x[...rest]', ' ^^^^^^^^^', 'can not share its segment'],
    ['fastfn', '[[...rest]].json', '^^^^^^^^^^^', 'can not share its segment'],
    ['fastfn', '[a][b]', '   ^^^', 'Two parameters stand side by side'],
    ['pages', '[...rest]', '^^^^^^^^^', 'Pages has no such form'],
    ['pages', '[[...rest]]', '^^^^^^^^^^^', 'Pages has no such form'],
    ['pages', '[a]%', '   ^', 'percent sign'],
    ['gadget', ':', '^', 'A colon needs a parameter name behind it.'],
    ['gadget', 'a:-b', ' ^', 'A colon needs a parameter name behind it.'],
    ['gadget', ':a:b', '  ^^', 'Two parameters stand side by side']
  ])('in %s: %s has its caret under %s', (convention, name, carets, message) => {
    const parsed = parseSegment(name, SYNTAX[convention])
    if (parsed.kind !== 'error') throw new Error(`${name} is ${JSON.stringify(parsed.segment)}`)
    const { error } = parsed
    expect(' '.repeat(error.index) + '^'.repeat(error.length)).toBe(carets)
    expect(error.message).toContain(message)
    expect(error.fix).toMatch(/\.$/)
  })

  it('says how Pages writes it', () => {
    const parsed = parseSegment('[...rest]', SYNTAX.pages)
    expect(parsed.kind === 'error' && parsed.error.fix).toContain('[[rest]]')
  })

  it('names the form for the rest of a path that its convention has', () => {
    const fixes = (['fastfn', 'pages', 'gadget'] as const).map((syntax) => {
      const parsed = parseSegment('a*', SYNTAX[syntax])
      return parsed.kind === 'error' ? parsed.error.fix : undefined
    })
    expect(fixes.map((fix) => /\[.*name\]+/.exec(fix ?? '')?.[0])).toEqual([
      '[...name]',
      '[[name]]',
      '[...name]'
    ])
  })
})
