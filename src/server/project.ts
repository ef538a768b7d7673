import type { HandlerServices, RouteHandler } from '../handlers/style.ts'
import type { TreewayError } from '../errors.ts'
import type { Pattern } from '../routes/pattern.ts'
import type { Route } from '../routes/route.ts'
import type { RouteTable } from '../routes/table.ts'
import type { TakeFault } from './error-handler.ts'
import type { MiddlewareMatcher } from './middleware-match.ts'
import type { PreparedRoute } from './prepared-route.ts'

/** A module of the tree that was loaded, or why it was not. */
export type LoadedModule =
  | { readonly kind: 'loaded'; readonly exports: unknown }
  | { readonly kind: 'failed'; readonly error: TreewayError }
  /** Of a build: its handlers have no options of their own, so it is loaded when the first request comes. */
  | { readonly kind: 'lazy'; load(): Promise<SettledModule> }

export type SettledModule = Exclude<LoadedModule, { readonly kind: 'lazy' }>

/** Everything that is needed to serve a table on Fastify. Made by `app.ts`; the server only reads it. */
export interface Project {
  readonly table: RouteTable
  /** URL that the instance has as its prefix already; every pattern of the table begins with it. */
  readonly prefix: Pattern
  /** By file below the project's directory. */
  readonly modules: ReadonlyMap<string, LoadedModule>
  readonly services: HandlerServices
  /** The middleware of the tree, found by URL. */
  readonly middleware: MiddlewareMatcher
  /** The server is made for this project alone: nobody else's hooks hold for its routes. */
  readonly ownsServer: boolean
  /** The static files, where the project has some. */
  readonly assets: AssetSource | undefined
  /** Which paths reach functions at all (`_routes.json`); absent: all. */
  readonly isFunctionPath: ((path: string) => boolean) | undefined
  /** Static files are asked before the routes (`assets.run_worker_first: false`). */
  readonly areAssetsFirst: boolean
  /** The handler of a route in another language. */
  readonly createWorkerHandler: (route: Route) => RouteHandler
  /** Errors show their text and stack to the client: only ever in dev. */
  readonly showsErrors: boolean
  /** Told of every fault: only ever in dev. */
  readonly takeFault: TakeFault | undefined
  /** Where handlers can be replaced while the app serves: in dev. */
  readonly hotRoutes: HotRoutes | undefined
  /** Called for what can only be seen once modules run: a value that is no handler, a plugin that throws. */
  readonly onProblem: (error: TreewayError, file: string) => void
}

/** Handlers that can be replaced while the app serves. Only dev pays for the step in between. */
export interface HotRoutes {
  wrap(prepared: PreparedRoute): PreparedRoute
  /**
   * Gives the routes of these files the handlers of their new modules. False, and nothing is changed, where a file's
   * route options are other ones: Fastify reads those only once.
   */
  replace(project: Project, files: ReadonlySet<string>): boolean
}

/** The part of `assets/` that the server uses. */
export interface AssetSource {
  respond(request: AssetRequest): AssetAnswer | undefined | Promise<AssetAnswer | undefined>
}

export interface AssetRequest {
  readonly method: string
  /** Canonical, without query. */
  readonly path: string
  /** '' or with its question mark. */
  readonly search: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

export interface AssetAnswer {
  /** `not-found`: the nearest 404.html. */
  readonly kind: 'file' | 'redirect' | 'not-found' | 'method-not-allowed'
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: unknown
}
