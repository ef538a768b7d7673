import { isDeepStrictEqual } from 'node:util'
import { isPlainObject } from '../config/value-type.ts'

type Schema = Readonly<Record<string, unknown>>

/** Schemas that others may refer to, by `$id`. */
export type SharedSchemas = Readonly<Record<string, unknown>>

export interface ContradictionOptions {
  /** Default: none. */
  readonly shared?: SharedSchemas
  /** What is checked is a request, which Fastify trims first. Default false. */
  readonly isRequest?: boolean
}

/** Where in a schema we are. */
interface Place {
  /** What `#/definitions/a` is looked up in. */
  readonly root: unknown
  readonly shared: SharedSchemas
  /** In the words of a pointer, without a slash in front; '' for the schema itself. */
  readonly path: string
  /** Fastify takes out of a request what `additionalProperties` does not allow, after it has seen that it is there. */
  readonly isRequest: boolean
  /** References that led here. */
  readonly seen: readonly string[]
}

/**
 * Why no value can meet a schema, in words; undefined where one can, or where that is not easily told (two regular
 * expressions that exclude each other). What it finds is always true.
 *
 * @example findContradiction({ type: 'integer', minimum: 5, maximum: 1 }) // 'minimum 5 is above maximum 1'
 */
export function findContradiction(
  schema: unknown,
  { shared = {}, isRequest = false }: ContradictionOptions = {}
): string | undefined {
  return find(schema, { root: schema, shared, isRequest, path: '', seen: [] })
}

function find(schema: unknown, place: Place): string | undefined {
  if (schema === false) return say(place, 'false allows no value')
  if (!isPlainObject(schema)) return undefined
  if (typeof schema['$ref'] === 'string') return findReferred(schema['$ref'], place)
  const { not } = schema
  if (not === true || (isPlainObject(not) && Object.keys(not).length === 0))
    return say(place, 'not {} allows no value')
  return findByValues(schema, place) ?? findByType(schema, place) ?? findByParts(schema, place)
}

function findReferred(reference: string, place: Place): string | undefined {
  const found = place.seen.includes(reference) ? undefined : resolveReference(reference, place)
  if (!found) return undefined
  return find(found.schema, { ...place, root: found.root, seen: [...place.seen, reference] })
}

/** `enum` and `const` name the values: one of them must be of the type. */
function findByValues(schema: Schema, place: Place): string | undefined {
  const { enum: choices } = schema
  if (!('const' in schema) && !Array.isArray(choices)) return undefined
  const named: readonly unknown[] =
    'const' in schema ? [schema['const']] : Array.isArray(choices) ? choices : []
  const isListed = (value: unknown): boolean =>
    !Array.isArray(choices) || choices.some((choice) => isSame(choice, value))
  const types = listTypes(schema)
  const isFit = (value: unknown): boolean => !types || types.some((type) => isOfType(value, type))
  if (!named.some(isListed)) return say(place, 'const is not one of enum')
  return named.some(isFit)
    ? undefined
    : say(place, `no value of ${'const' in schema ? 'const' : 'enum'} is of its type`)
}

/** Without regard to the order of keys, and 0 is -0. */
function isSame(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b) || JSON.stringify(a) === JSON.stringify(b)
}

function findByType(schema: Schema, place: Place): string | undefined {
  const found = listTypes(schema)?.map((type) => findForType(type, schema, place))
  return found?.every((each) => each !== undefined) ? found[0] : undefined
}

function findForType(type: unknown, schema: Schema, place: Place): string | undefined {
  switch (type) {
    case 'integer':
    case 'number':
      return findInNumber(schema, place, type === 'integer')
    case 'string':
      return findInBounds(schema, place, ['minLength', 'maxLength'])
    case 'array':
      return findInBounds(schema, place, ['minItems', 'maxItems']) ?? findInItems(schema, place)
    case 'object':
      return findInBounds(schema, place, ['minProperties', 'maxProperties']) ?? findInRequired(schema, place)
    default:
      return undefined
  }
}

type Bounds = readonly [low: string, high: string]

function findInBounds(schema: Schema, place: Place, [low, high]: Bounds): string | undefined {
  const [least, most] = [schema[low], schema[high]]
  const isEmpty = typeof least === 'number' && typeof most === 'number' && least > most
  return isEmpty ? say(place, `${low} ${least} is above ${high} ${most}`) : undefined
}

function findInNumber(schema: Schema, place: Place, isInteger: boolean): string | undefined {
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = schema
  const found = findInBounds(schema, place, ['minimum', 'maximum'])
  if (found) return found
  const least = Math.max(toNumber(minimum, -Infinity), toNumber(above, -Infinity))
  const most = Math.min(toNumber(maximum, Infinity), toNumber(below, Infinity))
  const first = isInteger ? toNextInteger(least, above) : least
  const isOpen = !isInteger && (least === above || most === below)
  const isEmpty = first > most || (first === most && (isOpen || most === below))
  return isEmpty && Number.isFinite(first) && Number.isFinite(most)
    ? say(place, `there is no ${isInteger ? 'integer' : 'number'} between its bounds`)
    : undefined
}

function toNextInteger(least: number, above: unknown): number {
  return least === above && Number.isInteger(least) ? least + 1 : Math.ceil(least)
}

function toNumber(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback
}

/** A list that must not be empty needs an item. */
function findInItems(schema: Schema, place: Place): string | undefined {
  const { items, prefixItems, minItems } = schema
  if (toNumber(minItems, 0) < 1 || Array.isArray(items) || Array.isArray(prefixItems)) return undefined
  return find(items, below(place, 'items'))
}

function findInRequired(schema: Schema, place: Place): string | undefined {
  const { properties, required, maxProperties } = schema
  if (!Array.isArray(required)) return undefined
  const names = [...new Set(required)].filter((name) => typeof name === 'string')
  if (names.length > toNumber(maxProperties, Infinity))
    return say(place, `${names.length} properties are required and only ${String(maxProperties)} allowed`)
  for (const name of names) {
    const isListed = isPlainObject(properties) && Object.hasOwn(properties, name)
    const found = isListed
      ? find(properties[name], below(place, `properties/${name}`))
      : !place.isRequest && isClosed(schema, name)
        ? say(place, `"${name}" is required, and additionalProperties does not allow it`)
        : undefined
    if (found) return found
  }
  return undefined
}

function isClosed({ additionalProperties, patternProperties }: Schema, name: string): boolean {
  if (additionalProperties !== false) return false
  return (
    !isPlainObject(patternProperties) || Object.keys(patternProperties).every((text) => !fits(text, name))
  )
}

function fits(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(name)
  } catch {
    return true
  }
}

function findByParts(schema: Schema, place: Place): string | undefined {
  const { allOf } = schema
  for (const [i, part] of Array.isArray(allOf) ? allOf.entries() : []) {
    const found = find(part, below(place, `allOf/${i}`))
    if (found) return found
  }
  if (Array.isArray(allOf) && !hasCommonType([schema, ...allOf]))
    return say(place, 'the parts of allOf have no type in common')
  for (const name of ['anyOf', 'oneOf']) {
    const choices = schema[name]
    if (!Array.isArray(choices) || choices.length === 0) continue
    const found = choices.map((choice, i) => find(choice, below(place, `${name}/${i}`)))
    if (found.every((each) => each !== undefined)) return found[0]
  }
  return undefined
}

function hasCommonType(schemas: readonly unknown[]): boolean {
  const lists = schemas.flatMap((schema) => {
    const types = isPlainObject(schema) && !('$ref' in schema) ? listTypes(schema) : undefined
    return types ? [types.flatMap((type) => (type === 'number' ? ['number', 'integer'] : [type]))] : []
  })
  const [first, ...others] = lists
  return !first || first.some((type) => others.every((types) => types.includes(type)))
}

/** Undefined where any type will do. */
function listTypes({ type, nullable }: Schema): readonly unknown[] | undefined {
  if (type === undefined) return undefined
  const types: unknown[] = Array.isArray(type) ? type : [type]
  return nullable === true ? [...types, 'null'] : types
}

function isOfType(value: unknown, type: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isPlainObject(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}

function resolveReference(
  reference: string,
  { root, shared }: Place
): { schema: unknown; root: unknown } | undefined {
  const [id = '', fragment = ''] = reference.split('#')
  const isOwn = id === '' || (isPlainObject(root) && root['$id'] === id)
  const base: unknown = isOwn ? root : shared[id]
  if (fragment !== '' && !fragment.startsWith('/')) return undefined
  let schema: unknown = base
  for (const step of decodeURIComponent(fragment).split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    schema = typeof schema === 'object' && schema !== null ? Reflect.get(schema, name) : undefined
  }
  return { schema, root: base }
}

function below(place: Place, path: string): Place {
  return { ...place, path: place.path === '' ? path : `${place.path}/${path}` }
}

function say({ path }: Place, reason: string): string {
  return path === '' ? reason : `${path}: ${reason}`
}
