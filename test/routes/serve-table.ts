import type { FastifyInstance } from 'fastify'
import { createFastify } from '../../src/compat/create-fastify.ts'
import { buildTable } from '../../src/routes/build-table.ts'
import { toCanonicalUrl } from '../../src/routes/canonical-path.ts'
import type { Route, StyleName } from '../../src/routes/route.ts'
import type { RouteTable } from '../../src/routes/table.ts'
import { createMiddlewareMatcher } from '../../src/server/middleware-match.ts'
import type { LoadedModule, Project } from '../../src/server/project.ts'
import { registerProject } from '../../src/server/register-project.ts'
import type { Params, PlainRoute } from './brute-force.ts'

/** The table of routes that are in no tree. Every third one is in the event style, which has a context of its own. */
export function createTable(routes: readonly PlainRoute[]): RouteTable {
  return buildTable({
    routes: routes.map(toRoute),
    middlewares: [],
    scopes: [],
    boot: [],
    privateFiles: []
  }).table
}

function toRoute(route: PlainRoute, index: number): Route {
  const style: StyleName = index % 3 === 2 ? 'event' : 'reply'
  return {
    ...route,
    style,
    exportName: 'default',
    convention: 'fastfn',
    language: 'javascript',
    folderDepth: 0,
    scope: '',
    functionOptions: {},
    env: {}
  }
}

/** The server of a table: every handler answers with its file and its parameters, in headers, for HEAD has no body. */
export async function serveTable(table: RouteTable): Promise<FastifyInstance> {
  const app = createFastify({
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 2048 },
    rewriteUrl: (request) => toCanonicalUrl(request.url ?? '/')
  })
  await registerProject(app, createProject(table))
  return app
}

function createProject(table: RouteTable): Project {
  const modules = new Map(table.routes.map((route) => [route.file, toModule(route)]))
  const onProblem: Project['onProblem'] = (error) => {
    throw error
  }
  return {
    table,
    middleware: createMiddlewareMatcher({ table, modules, onProblem }),
    ownsServer: true,
    prefix: [],
    modules,
    services: {
      env: {},
      waitUntil: () => undefined,
      fetchAsset: () => Promise.reject(new Error('no static files'))
    },
    assets: undefined,
    isFunctionPath: undefined,
    areAssetsFirst: false,
    createWorkerHandler: () => () => undefined,
    showsErrors: true,
    takeFault: undefined,
    hotRoutes: undefined,
    onProblem
  }
}

function toModule({ file, style }: Route): LoadedModule {
  const toHeaders = (params: unknown) => ({
    'x-file': file,
    'x-params': encodeURIComponent(JSON.stringify(params))
  })
  const answer =
    style === 'event'
      ? (event: { params: Params }) => ({ status: 200, headers: toHeaders(event.params), body: '' })
      : (request: { params: unknown }, reply: { headers(values: object): { send(body: string): unknown } }) =>
          reply.headers(toHeaders(request.params)).send('')
  return { kind: 'loaded', exports: answer }
}

export interface Answer {
  readonly status: number
  readonly file: string | undefined
  readonly params: Params | undefined
}

export async function ask(app: FastifyInstance, method: string, path: string): Promise<Answer> {
  const answer = await app.inject({ method: method as 'GET', url: `http://localhost${path}` })
  const { 'x-file': file, 'x-params': params } = answer.headers
  return {
    status: answer.statusCode,
    file: file === undefined ? undefined : String(file),
    params: params === undefined ? undefined : JSON.parse(decodeURIComponent(String(params)))
  }
}
