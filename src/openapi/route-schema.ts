import type { RouteOptions } from 'fastify'
import { isPlainObject } from '../config/value-type.ts'
import { routeKey, schemaKey } from '../routes/route.ts'
import type { Route } from '../routes/route.ts'
import { restMark } from './document.ts'
import { parseFastifyUrl, toDocumentUrl } from './document-url.ts'
import type { DocumentUrl } from './document-url.ts'
import { toTag } from './operation-id.ts'
import { toJsonSchema } from './to-json-schema.ts'

type Schema = Readonly<Record<string, unknown>>

/** What stands in the document for a Fastify route. `hide` keeps it out. */
export interface RouteEntry {
  readonly url: string
  readonly schema: Schema
}

/** The row of the table that a Fastify route comes from; undefined for one that was registered in code. */
export function readRoute(options: Pick<RouteOptions, 'config'>): Route | undefined {
  return (options.config as Record<symbol, Route> | undefined)?.[routeKey]
}

/**
 * What @fastify/swagger is given for a route: its path and parameters by their own names, its group, its schemas.
 *
 * @param prefix That of the instance that the tree is registered on.
 */
export function toRouteEntry(options: RouteOptions, prefix: string): RouteEntry {
  const route = readRoute(options)
  const place = route ? toFileUrl(route, options.url) : parseFastifyUrl(options.url)
  const given = readSchema(options)
  const url = toSwaggerUrl(place.url)
  if (given['hide'] === true || (!route && isPlumbing(options))) return { url, schema: { hide: true } }
  const tag = toTag(place, prefix)
  const { params, querystring, query, body, headers, response, ...rest } = given
  return {
    url,
    schema: {
      ...(tag === undefined ? {} : { tags: [tag] }),
      ...rest,
      ...toPart('querystring', toJsonSchema(querystring ?? query, 'input')),
      ...toPart('body', toJsonSchema(body, 'input')),
      ...toPart('headers', toJsonSchema(headers, 'input')),
      ...toPart('params', toParamsSchema(place, toJsonSchema(params, 'input'))),
      ...toPart('response', toResponses(response))
    }
  }
}

function readSchema({ config, schema }: RouteOptions): Schema {
  const given: unknown = (config && Reflect.get(config, schemaKey)) ?? schema
  return isPlainObject(given) ? given : {}
}

/** Routes that are no one's API: preflights, and the static files of a plugin. */
function isPlumbing({ method, url }: RouteOptions): boolean {
  return url.endsWith('*') && [method].flat().every((name) => ['OPTIONS', 'HEAD'].includes(name))
}

/** An optional rest has two URLs; Fastify's says which of them this is. */
function toFileUrl({ pattern }: Route, fastifyUrl: string): DocumentUrl {
  const isWithoutRest = pattern.at(-1)?.kind === 'optional-rest' && !fastifyUrl.endsWith('*')
  return toDocumentUrl(isWithoutRest ? pattern.slice(0, -1) : pattern)
}

/** @fastify/swagger reads a URL as Fastify's once more: a colon and parentheses must not look like a parameter. */
function toSwaggerUrl(url: string): string {
  return url.replaceAll(':', '::').replaceAll('(', '%28').replaceAll(')', '%29').replaceAll('*', '%2A')
}

function toPart(name: string, value: unknown): Schema {
  return value === undefined ? {} : { [name]: value }
}

/** Every parameter of the URL, with what the route's own schema says of it. */
function toParamsSchema({ params }: DocumentUrl, given: unknown): unknown {
  if (params.length === 0) return undefined
  const isOpen = given === undefined || (isPlainObject(given) && isPlainObject(given['properties']))
  if (!isOpen) return given
  const own = isPlainObject(given) && isPlainObject(given['properties']) ? given['properties'] : {}
  const known = params.map(({ name, isRest }) => {
    const schema = own[name] ?? own['*']
    const fallback = isRest
      ? { type: 'string', minLength: 1, description: 'The rest of the path; it may hold slashes.' }
      : { type: 'string', minLength: 1 }
    const said = isPlainObject(schema) ? schema : fallback
    return [name, isRest ? { ...said, [restMark]: true } : said] as const
  })
  return { type: 'object', properties: Object.fromEntries(known), required: known.map(([name]) => name) }
}

function toResponses(response: unknown): unknown {
  if (!isPlainObject(response)) return undefined
  const entries = Object.entries(response).map(([status, schema]) => [status, toJsonSchema(schema, 'output')])
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}
