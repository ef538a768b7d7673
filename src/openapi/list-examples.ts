import { isPlainObject } from '../config/value-type.ts'

/** A value that a schema names for itself, and the part of it that it must fit. */
export interface SchemaExample {
  /** JSON Pointer from the whole schema to the part: `/properties/limit`. */
  readonly pointer: string
  readonly keyword: 'default' | 'example' | 'examples'
  readonly value: unknown
}

/** Keywords that hold one schema, a list of them, or schemas by name. */
const ONE = ['items', 'additionalProperties', 'contains', 'then', 'else', 'if', 'propertyNames']
const LISTS = ['items', 'prefixItems', 'allOf', 'anyOf', 'oneOf']
const NAMED = ['properties', 'patternProperties', 'definitions', '$defs']

/** Every `default`, `example` and member of `examples` in a JSON Schema, what it refers to elsewhere left out. */
export function listExamples(schema: unknown, pointer = ''): SchemaExample[] {
  if (!isPlainObject(schema)) return []
  const inner = [
    ...ONE.map((name) => [name, schema[name]] as const),
    ...LISTS.flatMap((name) => listMembers(name, schema[name], Array.isArray(schema[name]))),
    ...NAMED.flatMap((name) => listMembers(name, schema[name], isPlainObject(schema[name])))
  ]
  return [
    ...listOwn(schema, pointer),
    ...inner.flatMap(([path, part]) => listExamples(part, `${pointer}/${path}`))
  ]
}

function listOwn(schema: Readonly<Record<string, unknown>>, pointer: string): SchemaExample[] {
  const { examples } = schema
  return [
    ...(['default', 'example'] as const).flatMap((keyword) =>
      keyword in schema ? [{ pointer, keyword, value: schema[keyword] }] : []
    ),
    ...(Array.isArray(examples) ? examples : []).map((value: unknown) => ({
      pointer,
      keyword: 'examples' as const,
      value
    }))
  ]
}

function listMembers(name: string, value: unknown, isThere: boolean): (readonly [string, unknown])[] {
  if (!isThere || typeof value !== 'object' || value === null) return []
  return Object.entries(value).map(([key, part]) => [
    `${name}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    part
  ])
}
