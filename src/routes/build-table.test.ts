import { describe, expect, it } from 'vitest'
import { buildTable } from './build-table.ts'
import { toDisplayUrl } from './format-pattern.ts'
import { parseRoutePattern } from './parse-route-pattern.ts'
import type { Pattern } from './pattern.ts'
import type { Route } from './route.ts'
import type { RouteTable } from './table.ts'

function toPattern(url: string): Pattern {
  const parsed = parseRoutePattern(url)
  if (parsed.kind === 'error') throw new Error(parsed.error.message)
  return parsed.pattern
}

function toRoute(line: string, more: Partial<Route> = {}): Route {
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
    env: {},
    ...more
  }
}

function build(routes: readonly Route[], more: Partial<RouteTable> = {}) {
  return buildTable({ routes, middlewares: [], scopes: [], boot: [], privateFiles: [], ...more })
}

function toLines(table: RouteTable): string[] {
  return table.routes.map((route) => `${route.methods.join()} ${toDisplayUrl(route.pattern)} ${route.file}`)
}

describe('a table', () => {
  it('is sorted by precedence, whatever order the files came in', () => {
    const lines = ['GET / a.js', 'GET /x x.js', 'GET /x-[id] m.js', 'GET /:id p.js', 'GET /:all* r.js']
    const { table } = build(lines.toReversed().map((line) => toRoute(line)))
    expect(toLines(table).slice(1)).toEqual([
      'GET /x x.js',
      'GET /x-:id m.js',
      'GET /:id p.js',
      'GET /*all r.js'
    ])
  })

  it('is frozen all the way down, and survives JSON', () => {
    const { table } = build([
      toRoute('GET /a/:id a.js', { functionOptions: { options: { schema: { body: {} } } } })
    ])
    expect(Object.isFrozen(table)).toBe(true)
    expect(Object.isFrozen(table.routes[0]?.pattern[1])).toBe(true)
    expect(Object.isFrozen(Reflect.get(table.routes[0]?.functionOptions.options ?? {}, 'schema'))).toBe(true)
    expect(JSON.parse(JSON.stringify(table))).toEqual(table)
  })
})

describe('two files for one method and URL', () => {
  it('are a conflict that names both, and neither is served', () => {
    const { table, problems } = build([
      toRoute('GET /a a.js'),
      toRoute('GET /a a/get.js'),
      toRoute('GET /b b.js')
    ])
    expect(toLines(table)).toEqual(['GET /b b.js'])
    expect(table.conflicts).toEqual([
      { method: 'GET', pattern: toPattern('/a'), files: ['a.js', 'a/get.js'] }
    ])
    expect(problems).toMatchObject([
      {
        code: 'TREEWAY_ROUTE_CONFLICT',
        severity: 'error',
        file: 'a.js',
        message: 'a.js and a/get.js both answer GET /a.'
      }
    ])
  })

  it('conflict under other parameter names too', () => {
    const { table } = build([toRoute('GET /u/:a u/[a].js'), toRoute('GET /u/:b u/[b].js')])
    expect(table.conflicts).toHaveLength(1)
  })

  it('keep the methods that only one of them has', () => {
    const { table } = build([toRoute('GET,POST /a a.js'), toRoute('GET /a b.js')])
    expect(toLines(table)).toEqual(['POST /a a.js'])
  })

  it('do not conflict when one answers ANY and the other names its method', () => {
    const { table, problems } = build([toRoute('* /a ANY-a.js'), toRoute('GET /a GET-a.js')])
    expect(problems).toEqual([])
    expect(toLines(table)).toEqual(['* /a ANY-a.js', 'GET /a GET-a.js'])
  })

  it('do not conflict when one is the rest and the other the optional rest', () => {
    expect(build([toRoute('GET /:a* r.js'), toRoute('GET /[[...a]] o.js')]).problems).toEqual([])
  })

  it('are no two when two exports of one file answer', () => {
    const { table, problems } = build([
      toRoute('GET /a a.js'),
      toRoute('GET /a a.js', { exportName: 'other' })
    ])
    expect(problems).toEqual([])
    expect(toLines(table)).toEqual(['GET /a a.js'])
  })
})

describe('a URL that fn.config.json gives', () => {
  const declared = { declaredIn: 'svc/fn.config.json' }

  it('yields to a file that is named so, with a warning', () => {
    const { table, problems } = build([
      toRoute('GET /dup svc/handler.js', declared),
      toRoute('GET /dup dup.js')
    ])
    expect(toLines(table)).toEqual(['GET /dup dup.js'])
    expect(problems).toMatchObject([{ severity: 'warning', file: 'svc/fn.config.json' }])
    expect(problems[0]?.message).toContain('dup.js has that URL by its name')
  })

  it('takes the URL when it is forced', () => {
    const { table, problems } = build([
      toRoute('GET /dup svc/handler.js', { ...declared, forced: true }),
      toRoute('GET /dup dup.js')
    ])
    expect(toLines(table)).toEqual(['GET /dup svc/handler.js'])
    expect(problems).toEqual([])
  })

  it('conflicts with another one that is forced to it', () => {
    const { table } = build([
      toRoute('GET /dup a.js', { ...declared, forced: true }),
      toRoute('GET /dup b.js', { declaredIn: 'b/fn.config.json', forced: true })
    ])
    expect(table.conflicts).toMatchObject([{ files: ['a.js', 'b.js'] }])
    expect(table.routes).toEqual([])
  })
})

describe('the plugins of a folder', () => {
  const scope = (folder: string, url: string) => ({
    folder,
    folders: [folder],
    pattern: toPattern(url),
    plugins: [`${folder}/+b.js`, `${folder}/+a.js`]
  })

  it('are in order of their names and hold for the innermost folder', () => {
    const { table } = build([toRoute('GET /admin/deep/x f/admin/deep/x.js', { folderDepth: 2 })], {
      scopes: [scope('f/admin', '/admin'), scope('f', '/')]
    })
    expect(table.scopes.map((each) => each.folder)).toEqual(['f', 'f/admin'])
    expect(table.scopes[1]?.plugins).toEqual(['f/admin/+a.js', 'f/admin/+b.js'])
    expect(table.routes[0]?.scope).toBe('f/admin')
  })

  it('can not cover a URL outside their folder: that is a problem', () => {
    const { problems } = build(
      [toRoute('GET /open f/admin/x.js', { declaredIn: 'f/admin/fn.config.json' })],
      {
        scopes: [scope('f/admin', '/admin')]
      }
    )
    expect(problems).toMatchObject([
      { code: 'TREEWAY_SCOPE_ESCAPE', severity: 'error', file: 'f/admin/fn.config.json' }
    ])
  })
})
