import type { Ajv } from 'ajv'

const KEYWORD = 'treewayFinite'
const NUMERIC = new Set<unknown>(['integer', 'number'])
/** What stands there are schemas by name: one of them may well be called `default`. */
const NAMED = new Set(['properties', 'patternProperties', 'definitions', '$defs', 'dependentSchemas'])
/** What stands there are values and no schemas. */
const VALUES = new Set(['const', 'enum', 'default', 'example', 'examples'])

type Schema = Readonly<Record<string, unknown>>

/**
 * Ajv makes Infinity of the text `1e999`, and then holds neither `minimum` nor `maximum` against it, nor that an integer
 * was asked. So every schema that asks for a number asks for a finite one, too.
 */
export function addFiniteKeyword(ajv: Ajv): void {
  ajv.addKeyword({
    keyword: KEYWORD,
    schema: false,
    error: { message: 'must be a finite number' },
    validate: (value: unknown) => typeof value !== 'number' || Number.isFinite(value)
  })
}

/** The schema with that keyword where it asks for a number; the same object where it nowhere does. */
export function withFiniteNumbers(schema: unknown): unknown {
  if (Array.isArray(schema)) return withItems(schema)
  if (!isPlain(schema)) return schema
  const changed = withMembers(schema, (name, value) => {
    if (VALUES.has(name)) return value
    return NAMED.has(name) && isPlain(value)
      ? withMembers(value, (_name, part) => withFiniteNumbers(part))
      : withFiniteNumbers(value)
  })
  const asksNumber = [schema['type']].flat().some((type) => NUMERIC.has(type))
  return asksNumber ? { ...changed, [KEYWORD]: true } : changed
}

function withMembers(schema: Schema, change: (name: string, value: unknown) => unknown): Schema {
  const entries = Object.entries(schema).map(([name, value]) => [name, change(name, value)] as const)
  return entries.some(([name, value]) => value !== schema[name]) ? Object.fromEntries(entries) : schema
}

function withItems(items: readonly unknown[]): readonly unknown[] {
  const made = items.map(withFiniteNumbers)
  return made.some((item, i) => item !== items[i]) ? made : items
}

/** A schema of a class is left to those who made it. */
function isPlain(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
