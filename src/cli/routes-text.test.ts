import { describe, expect, test } from 'vitest'
import { explainUrl } from '../routes/explain.ts'
import type { Pattern } from '../routes/pattern.ts'
import type { Route } from '../routes/route.ts'
import type { RouteTable } from '../routes/table.ts'
import { toExplanationText } from './explain-text.ts'
import { toRoutesCount, toRoutesText } from './routes-text.ts'
import { createStyle } from './style.ts'

const plain = createStyle(false)

function createRoute(file: string, pattern: Pattern, more: Partial<Route> = {}): Route {
  return {
    methods: ['GET'],
    pattern,
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

const users = { kind: 'text', text: 'users' } as const

const table: RouteTable = {
  routes: [
    createRoute('functions/users/me.js', [users, { kind: 'text', text: 'me' }]),
    createRoute('functions/users/[id].py', [users, { kind: 'param', name: 'id' }], {
      methods: ['GET', 'PUT'],
      language: 'python'
    }),
    createRoute('functions/x.js', [{ kind: 'optional-rest', name: 'path' }], {
      methods: ['*'],
      style: 'web',
      declaredIn: 'functions/fn.config.json'
    })
  ],
  conflicts: [
    { method: 'GET', pattern: [{ kind: 'text', text: 'a' }], files: ['functions/a.js', 'functions/a.ts'] }
  ],
  middlewares: [{ file: 'functions/_middleware.js', pattern: [], exportNames: ['onRequest'] }],
  scopes: [],
  boot: ['boot/db.js'],
  privateFiles: [{ file: 'functions/_db.js', reason: 'underscore' }]
}

test('the table shows routes, conflicts, what is around them and what is not served', () => {
  expect(toRoutesText(table, plain)).toBe(
    `METHOD   URL         FILE                                       LANGUAGE    STYLE
GET      /users/me   functions/users/me.js                      javascript  event
GET PUT  /users/:id  functions/users/[id].py                    python      event
ANY      /*path?     functions/x.js (functions/fn.config.json)  javascript  web

Claimed by more than one file, served by none:
  GET  /a  functions/a.js, functions/a.ts

Around them:
  boot            boot/db.js
  middleware  /*  functions/_middleware.js

Not served:
  functions/_db.js  its name begins with _

3 routes: 2 javascript, 1 python`
  )
})

test('the count names the languages, most routes first', () => {
  expect(toRoutesCount([])).toBe('0 routes')
  expect(toRoutesCount(table.routes.slice(0, 1))).toBe('1 route: 1 javascript')
})

describe('an explanation', () => {
  test('names the file that answers, why, and who else lost', () => {
    expect(toExplanationText(explainUrl(table, 'GET', '/users/me'), plain)).toBe(
      `GET /users/me: functions/users/me.js
wins   GET      /users/me   functions/users/me.js
    Its path is text from end to end.
loses  GET PUT  /users/:id  functions/users/[id].py
    Its segment 2 is a parameter; text is asked first.
loses  ANY      /*path?     functions/x.js
    Its segment 1 is the rest of the path or nothing; text is asked first.
middleware  functions/_middleware.js`
    )
  })

  test('names both files of a conflict', () => {
    const [first] = toExplanationText(explainUrl(table, 'GET', '/a'), plain).split('\n')
    expect(first).toBe('GET /a: 409, claimed by functions/a.js and functions/a.ts')
  })

  test('tells 405 from 404', () => {
    const some = { ...table, routes: table.routes.slice(0, 2), conflicts: [], middlewares: [] }
    expect(toExplanationText(explainUrl(some, 'POST', '/users/1'), plain)).toMatch(
      /^POST \/users\/1: 405, it has GET, PUT\n/
    )
    expect(toExplanationText(explainUrl(some, 'GET', '/no'), plain)).toBe('GET /no: 404, no route matches')
  })
})
