import type { RouteOptions } from 'fastify'
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
}

/** Owners by method in lower case and path, the names of its parameters left out: `get /users/{}`. */
export type Owners = Map<string, OperationOwner>

/** As many methods as no route names by hand. */
const MANY_METHODS = 8

export function noteOwner(owners: Owners, options: RouteOptions, entry: RouteEntry): void {
  const route = readRoute(options)
  const methods = [options.method].flat()
  const { security, operationId } = entry.schema
  const owner: OperationOwner = {
    ...(route ? { route } : {}),
    isAny: route ? route.methods.includes('*') : methods.length >= MANY_METHODS,
    hasResponses: 'response' in entry.schema,
    ...(security === undefined ? {} : { security }),
    ...(typeof operationId === 'string' ? { operationId } : {})
  }
  const path = parseFastifyUrl(entry.url).url
  for (const method of methods) owners.set(toKey(method.toLowerCase(), path), owner)
}

export function findOwner(owners: Owners, method: string, path: string): OperationOwner | undefined {
  return owners.get(toKey(method, path))
}

function toKey(method: string, path: string): string {
  return `${method} ${path.replaceAll(/\{[^{}]*\}/g, '{}')}`
}
