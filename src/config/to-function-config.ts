/** What answers the URL of a folder. */
export type Home =
  | { readonly kind: 'route'; readonly route: string }
  | { readonly kind: 'redirect'; readonly url: string }

export interface FunctionInvoke {
  /** Upper case, at least one; `*` is every method. */
  readonly methods?: readonly string[]
  /** `invoke.route` and `invoke.routes` together, as written: `/users/:id`, `/files/*`. */
  readonly routes?: readonly string[]
  readonly handler?: string
  readonly allowHosts?: readonly string[]
  readonly forceUrl?: boolean
  readonly summary?: string
  readonly query?: unknown
  readonly body?: unknown
  readonly contentType?: string
}

export interface FunctionAssets {
  readonly directory?: string
  readonly notFoundHandling?: '404-page' | 'none' | 'single-page-application'
  readonly runWorkerFirst?: boolean
}

/** fn.config.json with our names. Plain data; every key is optional. */
export interface FunctionConfig {
  readonly runtime?: string
  readonly name?: string
  readonly entrypoint?: string
  readonly timeoutMs?: number
  readonly maxConcurrency?: number
  readonly maxBodyBytes?: number
  readonly forceUrl?: boolean
  readonly invoke?: FunctionInvoke
  readonly home?: Home
  readonly assets?: FunctionAssets
  /** Names of folders that are not part of the tree. */
  readonly ignoreDirs?: readonly string[]
  readonly workerPool?: Readonly<Record<string, unknown>>
  readonly options?: Readonly<Record<string, unknown>>
}

type Plain = Readonly<Record<string, unknown>>

/** From the file's keys to ours. The object has passed the schema. */
export function toFunctionConfig(raw: Plain): FunctionConfig {
  const invoke = isObject(raw['invoke']) ? raw['invoke'] : undefined
  return withoutUndefined<FunctionConfig>({
    runtime: toText(raw['runtime']),
    name: toText(raw['name']),
    entrypoint: toText(raw['entrypoint']),
    timeoutMs: toNumber(raw['timeout_ms']),
    maxConcurrency: toNumber(raw['max_concurrency']),
    maxBodyBytes: toNumber(raw['max_body_bytes']),
    forceUrl: toForceUrl(raw),
    invoke: invoke && toInvoke(invoke),
    home: toHome(raw['home'] ?? invoke?.['home']),
    assets: isObject(raw['assets']) ? toAssets(raw['assets']) : undefined,
    ignoreDirs: toIgnoreDirs(raw),
    workerPool: isObject(raw['worker_pool']) ? raw['worker_pool'] : undefined,
    options: isObject(raw['options']) ? raw['options'] : undefined
  })
}

export function isObject(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function toInvoke(raw: Plain): FunctionInvoke {
  const routes = [...toTexts(raw['route']), ...toTexts(raw['routes'])]
  const methods = toTexts(raw['methods']).map(toMethod)
  return withoutUndefined<FunctionInvoke>({
    methods: methods.length > 0 ? [...new Set(methods)] : undefined,
    routes: routes.length > 0 ? [...new Set(routes)] : undefined,
    handler: toText(raw['handler']),
    allowHosts: Array.isArray(raw['allow_hosts']) ? toTexts(raw['allow_hosts']) : undefined,
    forceUrl: toForceUrl(raw),
    summary: toText(raw['summary']),
    query: raw['query'],
    body: raw['body'],
    contentType: toText(raw['content_type'])
  })
}

/** `ANY` is what file names say for it. */
function toMethod(text: string): string {
  const method = text.toUpperCase()
  return method === 'ANY' ? '*' : method
}

function toHome(raw: unknown): Home | undefined {
  if (typeof raw === 'string') {
    // A redirect to another site can only be meant as one; anything else is a route of this tree.
    return /^https?:\/\//.test(raw) ? { kind: 'redirect', url: raw } : { kind: 'route', route: raw }
  }
  if (!isObject(raw)) return undefined
  const route = toText(raw['route'] ?? raw['function'] ?? raw['path'] ?? raw['target'])
  if (route !== undefined) return { kind: 'route', route }
  const url = toText(raw['redirect'] ?? raw['url'] ?? raw['location'])
  return url === undefined ? undefined : { kind: 'redirect', url }
}

function toAssets(raw: Plain): FunctionAssets {
  const handling = toText(raw['not_found_handling'])
  return withoutUndefined<FunctionAssets>({
    directory: toText(raw['directory']),
    notFoundHandling: handling === undefined ? undefined : toNotFoundHandling(handling),
    runWorkerFirst: toBoolean(raw['run_worker_first'])
  })
}

function toNotFoundHandling(text: string): NonNullable<FunctionAssets['notFoundHandling']> {
  if (text === 'spa' || text === 'single-page-application') return 'single-page-application'
  return text === 'none' ? 'none' : '404-page'
}

function toIgnoreDirs(raw: Plain): readonly string[] | undefined {
  const groups = [raw['zero_config'], raw['discovery'], raw['routing']]
  const lists = [
    ...groups.map((group) => (isObject(group) ? group['ignore_dirs'] : undefined)),
    raw['zero_config_ignore_dirs']
  ]
  const names = lists
    .flatMap(toTexts)
    .flatMap((text) => text.split(','))
    .map((name) => name.trim())
  return names.length > 0 ? [...new Set(names.filter((name) => name !== ''))] : undefined
}

function toForceUrl(raw: Plain): boolean | undefined {
  return toBoolean(raw['force-url'] ?? raw['force_url'] ?? raw['forceUrl'])
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function toNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function toBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

function toTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

function withoutUndefined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T
}
