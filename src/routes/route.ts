import type { Pattern } from './pattern.ts'

export type ConventionName = 'fastfn' | 'pages' | 'gadget'
/** `functions`: FastFN's and Pages' folder. `routes`: Gadget's, where every file needs a verb, `+` or `_`. */
export type TreeKind = 'functions' | 'routes'
export type StyleName = 'reply' | 'event' | 'context' | 'web'
export type LanguageName = 'javascript' | 'python' | 'php' | 'lua' | 'go' | 'rust'

/** Options of fn.config.json as they hold for one file: nearest folder wins, key by key. Plain data. */
export interface FunctionOptions {
  readonly timeoutMs?: number
  readonly maxConcurrency?: number
  readonly maxBodyBytes?: number
  readonly allowHosts?: readonly string[]
  /** Name of the export or function to call (`invoke.handler`). */
  readonly handler?: string
  readonly summary?: string
  readonly query?: unknown
  readonly body?: unknown
  readonly contentType?: string
  readonly workerPool?: Readonly<Record<string, unknown>>
  /** Fastify route options that JSON can say. */
  readonly options?: Readonly<Record<string, unknown>>
}

/** Under this key of its `config` every Fastify route that comes from a file has its row of the table. */
export const routeKey = Symbol.for('treeway.route')

/** Under this key of its `config` a route of Treeway's own, such as the OpenAPI document, has `true`. */
export const ownRouteKey = Symbol.for('treeway.ownRoute')

/** Under this key an error handler has `true` that answers in the one shape of errors. */
export const errorShapeKey = Symbol.for('treeway.errorShape')

/** Under this key of its `config` a route has the schema that it was given, where Fastify has only a part of it. */
export const schemaKey = Symbol.for('treeway.schema')

/** Method + pattern + handler: one row of the table. Plain, frozen data. */
export interface Route {
  /** Upper case; `['*']` is every method that no other route of the same pattern takes. */
  readonly methods: readonly string[]
  readonly pattern: Pattern
  /** Path of the handler file below the project's directory, with forward slashes. */
  readonly file: string
  readonly convention: ConventionName
  readonly language: LanguageName
  readonly style: StyleName
  /** The export that answers: `default`, `handler`, `onRequestGet`, `POST` ... */
  readonly exportName: string
  /** How many segments of the pattern are the file's folder; 0 where the URL does not come from the path. */
  readonly folderDepth: number
  /** `folder` of the scope whose plugins hold for it; '' for none. */
  readonly scope: string
  readonly functionOptions: FunctionOptions
  /** fn.env.json of its folder. */
  readonly env: Readonly<Record<string, string>>
  /** Set when the URL does not come from the file's name: the file that says so (fn.config.json). */
  readonly declaredIn?: string
  /** May take the URL of another route (`force-url`). */
  readonly forced?: boolean
  /** Answers with this redirect instead of a handler (`home.redirect`). */
  readonly redirect?: string
}
