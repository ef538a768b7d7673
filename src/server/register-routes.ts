import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods, RouteOptions } from 'fastify'
import { TreewayError } from '../errors.ts'
import { registerBodyMode } from '../handlers/body-modes.ts'
import type { BodyContext } from '../handlers/body-modes.ts'
import { toDisplayUrl, toFastifyUrl } from '../routes/format-pattern.ts'
import type { Pattern } from '../routes/pattern.ts'
import { routeKey, schemaKey } from '../routes/route.ts'
import type { Route } from '../routes/route.ts'
import { listPlaces } from './claims.ts'
import type { Claims } from './claims.ts'
import { createHostGuard } from './host-guard.ts'
import type { Project } from './project.ts'
import { createFaultHandler, prepareRoute } from './route-handler.ts'
import { markDirect, needsNoHooks } from './middleware-direct.ts'
import { coverRefusals } from './middleware-refusal.ts'
import type { PreparedRoute } from './prepared-route.ts'
import { addRootConstraint, isSingle } from './root-constraint.ts'
import { shareAfter } from './share-after.ts'
import { adaptStandardSchema } from './standard-schema.ts'
import { addTrailingSlashConstraint } from './trailing-slash.ts'

export interface RouteGroup {
  readonly routes: readonly Route[]
  /** URL that `instance` has as its prefix. */
  readonly prefix: Pattern
  readonly claims: Claims
}

/** Registers the routes of one scope, those with the same body mode together in one context. */
export function registerRoutes(instance: FastifyInstance, project: Project, group: RouteGroup): void {
  const prepared = group.routes.map((route) => prepareRoute(project, route))
  const planned = orderByMethod(prepared.map((one) => project.hotRoutes?.wrap(one) ?? one))
  const rows = planned.flatMap((prepared) => planRoute(instance, prepared, group))
  const contexts = new Map<string, { context: BodyContext; rows: PlannedRoute[] }>()
  for (const row of rows) {
    const key = `${row.context.mode} ${row.context.isValidated} ${row.prepared.isDirect}`
    const entry = contexts.get(key) ?? { context: row.context, rows: [] }
    entry.rows.push(row)
    contexts.set(key, entry)
  }
  for (const { context, rows: own } of contexts.values()) {
    if (context.mode === 'parsed') addRows(instance, project, own)
    else {
      instance.register(async function bodyContext(child) {
        registerBodyMode(child, context)
        if (own[0]?.prepared.isDirect) {
          markDirect(child)
          if (needsNoHooks(project)) coverRefusals(child, project)
        }
        addRows(child, project, own)
      })
    }
  }
}

/** Routes that name their methods claim them before ANY takes what is left; a HEAD file before its GET. */
function orderByMethod(prepared: readonly PreparedRoute[]): PreparedRoute[] {
  const rank = ({ route }: PreparedRoute): number =>
    route.methods.includes('*') ? 2 : route.methods.includes('HEAD') ? 0 : 1
  return [...prepared].sort((a, b) => rank(a) - rank(b))
}

interface PlannedRoute {
  readonly prepared: PreparedRoute
  readonly methods: readonly string[]
  readonly url: string
  /** `/` is no match, and nobody else has it. */
  readonly needsSegment: boolean
  readonly context: BodyContext
}

const BODYLESS = new Set(['GET', 'HEAD', 'TRACE'])

function planRoute(instance: FastifyInstance, prepared: PreparedRoute, group: RouteGroup): PlannedRoute[] {
  const { route } = prepared
  const { claims, prefix } = group
  const claimant = { methods: route.methods, hasHead: prepared.options['exposeHeadRoute'] !== false }
  return listPlaces(route.pattern).flatMap((place) => {
    const methods = claims.take(claimant, place, instance.supportedMethods)
    const urls = listUrls(instance, toRelativeUrl(place.pattern, prefix), prepared)
    const needsSegment = isSingle(place.pattern) && !claims.hasRoot(methods)
    return splitByBody(prepared, methods).flatMap(({ methods: own, context }) =>
      urls.map((url) => ({ prepared, methods: own, url, needsSegment, context }))
    )
  })
}

/** Someone else's app may tell `/x` and `/x/` apart; then both are registered. Its own `/` Fastify doubles itself. */
function listUrls(instance: FastifyInstance, url: string, { options }: PreparedRoute): string[] {
  const { initialConfig } = instance
  const ignores = initialConfig.routerOptions?.ignoreTrailingSlash ?? initialConfig.ignoreTrailingSlash
  if (ignores || url === '/' || url.endsWith('*') || 'prefixTrailingSlash' in options) return [url]
  return [url, `${url}/`]
}

function toRelativeUrl(pattern: Pattern, prefix: Pattern): string {
  return toFastifyUrl(pattern.slice(prefix.length))
}

/** Fastify refuses a body schema on methods without a body, so those get the route without it. */
function splitByBody(
  prepared: PreparedRoute,
  methods: readonly string[]
): Pick<PlannedRoute, 'methods' | 'context'>[] {
  const mode = prepared.bodyMode
  const schema = prepared.options['schema']
  const hasBodySchema = typeof schema === 'object' && schema !== null && 'body' in schema
  const without = { mode, isValidated: false }
  if (!hasBodySchema) return methods.length > 0 ? [{ methods, context: without }] : []
  const rows = [
    { methods: methods.filter((method) => BODYLESS.has(method)), context: without },
    { methods: methods.filter((method) => !BODYLESS.has(method)), context: { mode, isValidated: true } }
  ]
  return rows.filter((row) => row.methods.length > 0)
}

function addRows(instance: FastifyInstance, project: Project, rows: readonly PlannedRoute[]): void {
  shareAfter(instance, () => rows.forEach((row) => addRow(instance, project, row)))
}

function addRow(instance: FastifyInstance, project: Project, row: PlannedRoute): void {
  const { route } = row.prepared
  try {
    instance.route(toRouteOptions(instance, row))
  } catch (error) {
    const fault = new TreewayError(
      'TREEWAY_ROUTE_REFUSED',
      `Fastify refused ${toDisplayUrl(route.pattern)} of ${route.file}: ${toText(error)}`,
      { cause: error }
    )
    project.onProblem(fault, route.file)
    addFaultRow(instance, row, fault)
  }
}

/** With options that Fastify refuses the route is still there, and says so. */
function addFaultRow(instance: FastifyInstance, row: PlannedRoute, fault: TreewayError): void {
  const free = row.methods.filter(
    (method) => !instance.hasRoute({ method: method as HTTPMethods, url: row.url })
  )
  if (free.length > 0)
    instance.route({
      method: free as HTTPMethods[],
      url: row.url,
      handler: createFaultHandler(fault),
      exposeHeadRoute: false
    })
}

function toRouteOptions(instance: FastifyInstance, row: PlannedRoute): RouteOptions {
  const { route, options: given, handler } = row.prepared
  const {
    schema: own,
    config,
    prefixTrailingSlash,
    constraints,
    onRequest,
    preValidation,
    ...options
  } = given as Partial<RouteOptions>
  const said = own === undefined || row.context.isValidated ? own : withoutBody(own)
  // Whoever sets a compiler of their own knows what their schemas are.
  const hasCompiler = options.validatorCompiler !== undefined || instance.validatorCompiler !== undefined
  const adapted = hasCompiler ? undefined : adaptStandardSchema(said)
  const schema = adapted?.schema ?? said
  const { maxBodyBytes, allowHosts } = route.functionOptions
  const guards = [...(allowHosts ? [createHostGuard(allowHosts)] : []), ...toRestHook(route.pattern)]
  const slash = addTrailingSlashConstraint(instance, prefixTrailingSlash)
  const notRoot = row.needsSegment ? addRootConstraint(instance) : undefined
  return {
    ...(maxBodyBytes === undefined ? {} : { bodyLimit: maxBodyBytes }),
    ...options,
    method: row.methods as HTTPMethods[],
    url: row.url,
    handler: (options.handler ?? handler) as RouteOptions['handler'],
    exposeHeadRoute: false,
    ...(schema === undefined ? {} : { schema }),
    ...(adapted || preValidation
      ? { preValidation: [...toList(preValidation), ...toList(adapted?.validate)] }
      : {}),
    ...(slash || notRoot || constraints ? { constraints: { ...constraints, ...slash, ...notRoot } } : {}),
    ...(guards.length > 0 || onRequest ? { onRequest: [...guards, ...toList(onRequest)] } : {}),
    config: { ...config, [routeKey]: route, ...(adapted ? { [schemaKey]: said } : {}) }
  } as RouteOptions
}

function withoutBody(schema: object): object {
  return 'body' in schema
    ? Object.fromEntries(Object.entries(schema).filter(([key]) => key !== 'body'))
    : schema
}

function toList<T>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value as T]
}

type OnRequestHook = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void

/** Fastify calls the rest `*`; the file gave it a name. */
function toRestHook(pattern: Pattern): OnRequestHook[] {
  const rest = pattern.at(-1)
  if ((rest?.kind !== 'rest' && rest?.kind !== 'optional-rest') || rest.name === '*') return []
  const { name } = rest
  return [
    function nameRest(request, _reply, done) {
      const { '*': value, ...params } = request.params as Record<string, string>
      // A trailing slash ends the path, it does not begin another segment.
      request.params = value === undefined ? params : { ...params, [name]: value }
      done()
    }
  ]
}

function toText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
