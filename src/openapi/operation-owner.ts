import type { FastifyInstance, RouteOptions } from 'fastify'
import { createProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { toDisplayUrl } from '../routes/format-pattern.ts'
import { errorShapeKey } from '../routes/route.ts'
import type { Route } from '../routes/route.ts'
import { parseFastifyUrl } from './document-url.ts'
import { readRoute } from './route-schema.ts'
import type { RouteEntry } from './route-schema.ts'

/** Where an operation of the document comes from. */
export interface OperationOwner {
  /** Absent: a route registered in code. */
  readonly route?: Route
  /** It takes every method that nobody else has. */
  readonly isAny: boolean
  /** What the route says it answers; without, nobody knows. */
  readonly hasResponses: boolean
  readonly security?: unknown
  readonly operationId?: string
  /** Whether errors have the one shape: not where somebody's error handler answers for the route. */
  readonly hasErrorShape: () => boolean
  /** The parts of its schema, as JSON Schema. */
  readonly schema: Readonly<Record<string, unknown>>
  /** Schemas that `$ref` may name there. */
  readonly readShared: () => Readonly<Record<string, unknown>>
}

/** Owners by method in lower case and path, the names of its parameters left out: `get /users/{}`. */
export type Owners = Map<string, OperationOwner>

/** As many methods as no route names by hand. */
const MANY_METHODS = 8

export interface NotedRoute {
  readonly options: RouteOptions
  readonly entry: RouteEntry
  /** Where it was registered, as far as that is known. */
  readonly instance: FastifyInstance | undefined
}

export function noteOwner(owners: Owners, { options, entry, instance }: NotedRoute): void {
  const route = readRoute(options)
  const methods = [options.method].flat()
  const { security, operationId } = entry.schema
  const owner: OperationOwner = {
    ...(route ? { route } : {}),
    isAny: route ? route.methods.includes('*') : methods.length >= MANY_METHODS,
    hasResponses: 'response' in entry.schema,
    ...(security === undefined ? {} : { security }),
    ...(typeof operationId === 'string' ? { operationId } : {}),
    hasErrorShape: () => hasErrorShape(options.errorHandler ?? instance?.errorHandler),
    schema: entry.schema,
    readShared: () => instance?.getSchemas() ?? {}
  }
  const path = parseFastifyUrl(entry.url).url
  for (const method of methods) owners.set(toKey(method.toLowerCase(), path), owner)
}

function hasErrorShape(handler: unknown): boolean {
  return typeof handler === 'function' && Reflect.get(handler, errorShapeKey) === true
}

export function findOwner(owners: Owners, method: string, path: string): OperationOwner | undefined {
  return owners.get(toKey(method, path))
}

/** One route for several methods has one id, which is no fault: each method gets its own from it. */
export function listDuplicates(owners: Owners): Problem[] {
  const first = new Map<string, [string, OperationOwner]>()
  return [...owners].flatMap(([place, owner]) => {
    const { operationId, route } = owner
    if (operationId === undefined || place.startsWith('head ')) return []
    const known = first.get(operationId)
    if (!known) first.set(operationId, [place, owner])
    if (!known || isSameRoute(known[1], owner)) return []
    const [other, otherOwner] = known
    const message = `"${operationId}" is the operation id of ${toOwnerWords(other, otherOwner)} and of ${toOwnerWords(place, owner)}.`
    return [createProblem('TREEWAY_OPERATION_DUPLICATE', message, route ? { file: route.file } : {})]
  })
}

/** Two methods of one file may be two rows, when one of them takes a body. */
function isSameRoute(a: OperationOwner, b: OperationOwner): boolean {
  return a === b || (a.route !== undefined && a.route === b.route)
}

/** `GET /users/:id (functions/users/[id].js)` */
export function toOwnerWords(place: string, { route }: OperationOwner): string {
  const [method = '', path = ''] = place.split(' ')
  const url = route ? toDisplayUrl(route.pattern) : path
  return `${method.toUpperCase()} ${url}${route ? ` (${route.file})` : ''}`
}

function toKey(method: string, path: string): string {
  return `${method} ${path.replaceAll(/\{[^{}]*\}/g, '{}')}`
}
