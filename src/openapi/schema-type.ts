import { isPlainObject } from '../config/value-type.ts'

/** Who looks at a value: what has a default may be left out by a client and is always there for a handler. */
export type Side = 'sent' | 'received' | 'answered'

const SCHEMAS = '#/components/schemas/'

/** The TypeScript type of a JSON Schema, as text. What types can not say (a pattern, a minimum) is left out. */
export function toTypeText(schema: unknown, side: Side): string {
  if (schema === false) return 'never'
  if (!isPlainObject(schema)) return 'unknown'
  if (schema['nullable'] === true) return toUnion([toTypeText({ ...schema, nullable: false }, side), 'null'])
  const { $ref, allOf } = schema
  if (typeof $ref === 'string') return toReference($ref, side)
  if ('const' in schema) return JSON.stringify(schema['const'])
  if (Array.isArray(schema['enum'])) return toUnion(schema['enum'].map((value) => JSON.stringify(value)))
  const choices = schema['anyOf'] ?? schema['oneOf']
  const parts = [
    ...toOwnType(schema, side),
    ...(Array.isArray(choices) ? [toUnion(choices.map((choice) => toTypeText(choice, side)))] : []),
    ...(Array.isArray(allOf) ? allOf.map((part) => toTypeText(part, side)) : [])
  ]
  const known = parts.filter((part) => part !== 'unknown')
  return known.length === 0
    ? 'unknown'
    : known.length === 1
      ? String(known[0])
      : known.map(toGroup).join(' & ')
}

/** The members of an object as text: `{ "id": string; "limit"?: number }`. */
export function toObjectType(
  properties: Readonly<Record<string, unknown>>,
  required: ReadonlySet<string>,
  side: Side
): string {
  const members = Object.entries(properties).map(([name, schema]) => {
    const hasDefault = isPlainObject(schema) && 'default' in schema
    const isThere = required.has(name) ? side !== 'sent' || !hasDefault : side === 'received' && hasDefault
    return `${toReadonly(side)}${toKey(name)}${isThere ? '' : '?'}: ${toTypeText(schema, side)}`
  })
  return members.length === 0 ? '{}' : `{ ${members.join('; ')} }`
}

/** What a client sends it may keep as it likes; what somebody gets is theirs. */
function toReadonly(side: Side): string {
  return side === 'sent' ? 'readonly ' : ''
}

function toKey(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
}

function toOwnType(schema: Readonly<Record<string, unknown>>, side: Side): string[] {
  const { type } = schema
  if (Array.isArray(type)) return [toUnion(type.map((each) => toTypeText({ ...schema, type: each }, side)))]
  if (type === 'object' || (type === undefined && isPlainObject(schema['properties'])))
    return [toObject(schema, side)]
  if (type === 'array') return [toArray(schema, side)]
  return typeof type === 'string' ? [PRIMITIVES[type] ?? 'unknown'] : []
}

const PRIMITIVES: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null'
}

function toObject(schema: Readonly<Record<string, unknown>>, side: Side): string {
  const { properties, additionalProperties, required } = schema
  if (isPlainObject(properties) && Object.keys(properties).length > 0) {
    const names = Array.isArray(required) ? required.filter((name) => typeof name === 'string') : []
    return toObjectType(properties, new Set(names), side)
  }
  const value = additionalProperties === undefined ? 'unknown' : toTypeText(additionalProperties, side)
  return `Readonly<Record<string, ${value}>>`
}

function toArray({ items, prefixItems }: Readonly<Record<string, unknown>>, side: Side): string {
  if (Array.isArray(prefixItems))
    return `${toReadonly(side)}[${prefixItems.map((item) => toTypeText(item, side)).join(', ')}]`
  return `${toReadonly(side)}${toGroup(toTypeText(items, side))}[]`
}

function toReference(reference: string, side: Side): string {
  if (!reference.startsWith(SCHEMAS)) return 'unknown'
  const [name = '', ...rest] = reference.slice(SCHEMAS.length).split('/')
  return rest.length > 0 ? 'unknown' : `Schemas[${JSON.stringify(side)}][${JSON.stringify(name)}]`
}

function toUnion(types: readonly string[]): string {
  return [...new Set(types)].join(' | ') || 'never'
}

function toGroup(type: string): string {
  return /[|&]/.test(type) ? `(${type})` : type
}
