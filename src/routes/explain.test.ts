import { describe, expect, it } from 'vitest'
import { buildTable } from './build-table.ts'
import { explainUrl } from './explain.ts'
import { parseRoutePattern } from './parse-route-pattern.ts'
import type { Pattern } from './pattern.ts'
import type { Route } from './route.ts'

function toPattern(url: string): Pattern {
  const parsed = parseRoutePattern(url)
  if (parsed.kind === 'error') throw new Error(parsed.error.message)
  return parsed.pattern
}

function toRoute(line: string): Route {
  const [methods = '', url = '', file = ''] = line.split(' ')
  return {
    methods: methods.split(','),
    pattern: toPattern(url),
    file,
    convention: 'fastfn',
    language: 'javascript',
    style: 'event',
    exportName: 'handler',
    folderDepth: 0,
    scope: '',
    functionOptions: {},
    env: {}
  }
}

function explain(lines: readonly string[], method: string, path: string) {
  const middlewares = [
    { file: 'admin/_middleware.js', pattern: toPattern('/admin'), exportNames: ['onRequest'] }
  ]
  const { table } = buildTable({
    routes: lines.map(toRoute),
    middlewares,
    scopes: [],
    boot: [],
    privateFiles: []
  })
  return explainUrl(table, method, path)
}

describe('why a file answers', () => {
  const lines = [
    'GET /users/me me.js',
    'GET /users/:id id.js',
    'POST /users/:id post.js',
    'GET /:all* all.js'
  ]

  it('names the winner and, best first, who else matched and why it lost', () => {
    const { winner, candidates } = explain(lines, 'GET', '/users/me?x=1')
    expect(winner?.file).toBe('me.js')
    expect(candidates.map(({ route, outcome }) => `${route.file} ${outcome}`)).toEqual([
      'me.js wins',
      'id.js loses',
      'post.js other-method',
      'all.js loses'
    ])
    expect(candidates.map(({ reason }) => reason)).toEqual([
      'Its path is text from end to end.',
      'Its segment 2 is a parameter; text is asked first.',
      'It answers POST, not GET.',
      'Its segment 1 is the rest of the path; text is asked first.'
    ])
  })

  it('has no winner where nothing matches, or only other methods do', () => {
    expect(explain(lines, 'GET', '/')).toMatchObject({ candidates: [], conflictFiles: [] })
    expect(explain(lines, 'DELETE', '/users/1').winner).toBeUndefined()
  })

  it('names the files of a conflict', () => {
    const contested = ['GET /a a.js', 'GET /a b.js', 'GET /:id id.js', 'POST /a post.js']
    expect(explain(contested, 'GET', '/a')).toMatchObject({ conflictFiles: ['a.js', 'b.js'] })
    expect(explain(contested, 'GET', '/a').winner).toBeUndefined()
    expect(explain(contested, 'POST', '/a')).toMatchObject({ winner: { file: 'post.js' }, conflictFiles: [] })
    expect(explain(contested, 'GET', '/b')).toMatchObject({ winner: { file: 'id.js' }, conflictFiles: [] })
  })

  it('gives HEAD to GET, and ANY what nobody names', () => {
    const any = ['* /a any.js', 'GET /a get.js']
    expect(explain(any, 'HEAD', '/a').winner?.file).toBe('get.js')
    expect(explain(any, 'PUT', '/a').winner?.file).toBe('any.js')
    expect(explain([...any, 'HEAD /a head.js'], 'HEAD', '/a').winner?.file).toBe('head.js')
  })

  it('lists the middleware around the URL', () => {
    expect(explain(lines, 'GET', '/admin/x').middlewares).toEqual(['admin/_middleware.js'])
    expect(explain(lines, 'GET', '/admin').middlewares).toEqual(['admin/_middleware.js'])
    expect(explain(lines, 'GET', '/administration').middlewares).toEqual([])
  })
})
