import type { FastifyInstance, RouteOptions } from 'fastify'

type Plain = Record<string, unknown>

/** Parts of a route's schema that take bare properties. */
const requestParts = ['body', 'querystring', 'query', 'params', 'headers']

/**
 * `schemaCompiler(schema)` of the v1 page becomes `validatorCompiler({ schema })`; parts given as bare properties
 * (`querystring: { name: { type: 'string' } }`) become whole schemas. What a compiler of the user's reads is left alone.
 */
export function adaptSchema(
  context: FastifyInstance,
  route: RouteOptions & { schemaCompiler?: (schema: unknown) => unknown }
): void {
  const { schemaCompiler } = route
  if (schemaCompiler !== undefined) {
    route.validatorCompiler ??= ({ schema }) => schemaCompiler(schema) as ReturnType<ValidatorCompiler>
  }
  if (!isPlain(route.schema)) return
  const parts: Plain = { ...route.schema }
  if (route.validatorCompiler === undefined && context.validatorCompiler === undefined) expandRequest(parts)
  if (route.serializerCompiler === undefined && context.serializerCompiler === undefined)
    expandResponse(parts)
  // descriptors and symbols of the original stay: a fresh copy of the same object, with the same prototype
  route.schema = Object.assign(Object.create(Object.getPrototypeOf(route.schema)), parts)
}

type ValidatorCompiler = NonNullable<RouteOptions['validatorCompiler']>

/** The whole schema for bare properties, and anything else unchanged. */
export function expandShorthand(part: unknown): unknown {
  return isShorthand(part) ? { type: 'object', properties: part } : part
}

function expandRequest(parts: Plain): void {
  for (const name of requestParts) if (name in parts) parts[name] = expandShorthand(parts[name])
}

/** An unexpanded response would be sent unfiltered, without a word. */
function expandResponse(parts: Plain): void {
  if (!isPlain(parts.response)) return
  const responses = Object.entries(parts.response)
  parts.response = Object.fromEntries(
    responses.map(([status, schema]) => [status, hasMediaTypes(schema) ? schema : expandShorthand(schema)])
  )
}

/** `{ content: { 'application/json': { schema } } }`, Fastify's form for several media types. */
function hasMediaTypes(schema: unknown): boolean {
  if (!isPlain(schema) || !isPlain(schema.content)) return false
  return Object.values(schema.content).every((media) => isPlain(media) && 'schema' in media)
}

/**
 * Bare properties are a non-empty object of schemas none of whose keys is a keyword with the kind of value that keyword
 * takes: so a parameter may well be called `type`, `properties` or `items`.
 */
function isShorthand(part: unknown): boolean {
  if (!isPlain(part)) return false
  const entries = Object.entries(part)
  return entries.length > 0 && entries.every(([key, value]) => isPlain(value) && !isKeyword(key, value))
}

/** Only keywords whose value is an object need telling apart: any other value already says "this is a schema". */
function isKeyword(key: string, value: Plain): boolean {
  if (schemaMaps.has(key))
    return Object.values(value).every((inner) => isPlain(inner) || typeof inner === 'boolean')
  return subSchemas.has(key)
}

const schemaMaps = new Set(['properties', 'patternProperties', 'definitions', '$defs', 'dependentSchemas'])
const subSchemas = new Set(['not', 'if', 'then', 'else', 'additionalProperties', 'propertyNames', 'contains'])

/** Objects of Joi, Zod, TypeBox and the like have prototypes, symbols or functions of their own. */
function isPlain(value: unknown): value is Plain {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
