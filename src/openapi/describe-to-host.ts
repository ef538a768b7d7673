import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance, HTTPMethods, RouteOptions } from 'fastify'
import type { Route } from '../routes/route.ts'
import { readTexts } from './describe-document.ts'
import { parseFastifyUrl } from './document-url.ts'
import { toOperationId } from './operation-id.ts'
import { readRoute, toRouteEntry } from './route-schema.ts'
import type { RouteEntry } from './route-schema.ts'
import { isUnsayable } from './to-json-schema.ts'

/** What @fastify/swagger puts into its document for a route. */
export type Transform = (place: { readonly route: RouteOptions }) => RouteEntry

/** Under this key of a route's `config` @fastify/swagger looks for a transform of the route's own. */
const TRANSFORM = 'swaggerTransform'

/**
 * Tells any @fastify/swagger of the app what it can not know of the tree's routes: the paths as files name them, groups,
 * ids, the words of comments, schemas of other libraries as JSON Schema. A route that has a transform of its own keeps it.
 *
 * @param dir The project's directory.
 * @param findOwn The transform of our own document, while that is read.
 */
export function describeToHost(
  app: FastifyInstance,
  dir: string,
  findOwn: () => Transform | undefined = () => undefined
): void {
  const { prefix } = app
  app.addHook('onRoute', function describeRoute(options) {
    const route = readRoute(options)
    const { config } = options
    if (!route || !config || TRANSFORM in config || isLeftAlone(options)) return
    const transform: Transform = (place) =>
      findOwn()?.(place) ?? toHostEntry({ ...place, dir, prefix }, route)
    Reflect.set(config, TRANSFORM, transform)
  })
}

/** The app's own transform may know what to do with a schema that we can not say as JSON Schema. */
function isLeftAlone({ schema }: RouteOptions): boolean {
  const parts = Object.values(schema ?? {})
  const answers = Object.values(schema?.response ?? {})
  return [...parts, ...answers].some(isUnsayable)
}

interface HostPlace {
  readonly route: RouteOptions
  readonly dir: string
  readonly prefix: string
}

function toHostEntry({ dir, prefix, route: options }: HostPlace, route: Route): RouteEntry {
  const { url, schema } = toRouteEntry(options, prefix)
  if (schema['hide'] === true || route.redirect !== undefined) return { url, schema }
  const source = readSource(join(dir, route.file))
  const texts = readTexts(route, source, { summary: route.functionOptions.summary, ...schema })
  const methods = listOwnMethods(options)
  // GET and HEAD are one route of ours, and @fastify/swagger would list both; the object is its note of the route.
  options.method = methods
  // One id for several methods is none.
  const [method = ''] = methods
  const id = methods.length === 1 ? { operationId: toOperationId(method, parseFastifyUrl(url).url) } : {}
  return { url, schema: { ...id, ...schema, ...texts } }
}

/** HEAD comes with every GET. */
function listOwnMethods({ method }: RouteOptions): HTTPMethods[] {
  const methods = [method].flat()
  return methods.includes('GET') ? methods.filter((name) => name !== 'HEAD') : methods
}

function readSource(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
