import { expect, test } from 'vitest'
import { createProblem } from '../errors.ts'
import type { Route } from '../routes/route.ts'
import { toBannerText, toReloadText, toRequestText, toRouteChanges, toRouteTable } from './dev-text.ts'
import { toShownUrls } from './network-urls.ts'
import { createStyle, hasColor } from './style.ts'

const plain = createStyle(false)
const table = { routes: [], conflicts: [], middlewares: [], scopes: [], boot: [], privateFiles: [] }

test('the banner shows URL, routes, files of options and problems', () => {
  const banner = {
    version: '1.2.3',
    url: 'http://localhost:3000',
    networkUrls: ['http://192.0.2.7:3000'],
    tree: { table, problems: [createProblem('TREEWAY_TREE_EMPTY', 'm')] },
    files: ['treeway.config.ts', '.env'],
    durationMs: 87.4
  }
  expect(toBannerText(banner, plain)).toBe(
    `treeway 1.2.3  ready in 87 ms
  Local     http://localhost:3000
  Network   http://192.0.2.7:3000
  Routes    0 routes
  Options   treeway.config.ts, .env
  Problems  1 error`
  )
})

function toRoute(name: string, methods: readonly string[] = ['GET']): Route {
  return {
    methods,
    pattern: [{ kind: 'text', text: name }],
    file: `functions/${name}.js`,
    language: 'javascript',
    style: 'reply',
    exportName: 'default',
    convention: 'fastfn',
    scope: '',
    folderDepth: 0,
    functionOptions: {},
    env: {}
  } as unknown as Route
}

test('a reload lists the routes that came and went, unless they are many', () => {
  const [a, b, c] = [toRoute('a'), toRoute('b'), toRoute('c', ['GET', 'POST'])]
  expect(toRouteChanges([a, b], [a, c], plain)).toEqual([
    '  - GET  /b  functions/b.js',
    '  + GET POST  /c  functions/c.js'
  ])
  expect(toRouteChanges([a], [a], plain)).toEqual([])
  const many = Array.from({ length: 12 }, (_, i) => toRoute(`r${i}`))
  expect(toRouteTable(many)).toHaveLength(13)
  expect(toRouteTable([...many, ...many])).toEqual([])
  expect(toRouteChanges([a], many, plain)).toEqual(['  12 routes added, 1 removed'])
})

test('a request is one line without its query, which may hold secrets', () => {
  const request = {
    method: 'GET',
    url: '/users/42?token=x',
    status: 200,
    durationMs: 1.26,
    file: 'functions/u.js'
  }
  expect(toRequestText(request, plain)).toBe('GET    /users/42 200 1.3 ms  functions/u.js')
  expect(toRequestText({ method: 'DELETE', url: '/no', status: 404, durationMs: 12 }, plain)).toBe(
    'DELETE /no 404 12 ms'
  )
})

test('a path can not write to the terminal', () => {
  const request = { method: 'GET', url: '/\u001b[2Jx', status: 404, durationMs: 1 }
  expect(toRequestText(request, plain)).toBe('GET    /%1B[2Jx 404 1.0 ms')
})

test('a reload names one file and counts the others', () => {
  expect(toReloadText(['a.js'], 5, plain)).toBe('reloaded a.js 5.0 ms')
  expect(toReloadText(['a.js', 'b.js', 'c.js'], 25, plain)).toBe('reloaded a.js and 2 more 25 ms')
})

test('an address that no browser takes is shown as localhost', () => {
  expect(toShownUrls('127.0.0.1', 'http://127.0.0.1:1')).toEqual({
    url: 'http://127.0.0.1:1',
    networkUrls: []
  })
  expect(toShownUrls('0.0.0.0', 'http://0.0.0.0:3000').url).toBe('http://localhost:3000')
})

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  [{ TERM: 'dumb' }, true, false]
])('with %j on a terminal (%s) there is colour: %s', (environment, isTerminal, expected) => {
  expect(hasColor(environment, isTerminal)).toBe(expected)
})
