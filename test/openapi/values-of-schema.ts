import fc from 'fast-check'
import { isPlainObject } from '../../src/config/value-type.ts'

type Schema = Readonly<Record<string, unknown>>

/** Finds what `$ref` names. */
export type Resolve = (reference: string) => unknown

/** Text of every kind: other scripts, signs that mean something to a URL, a shell or a database, and NUL. */
export const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    'null',
    '../..',
    '%',
    "' OR 1=1 --",
    '\u0000',
    '😀',
    'a/b',
    '1e999',
    '9007199254740993'
  )
)

const anyJson = fc.jsonValue({ maxDepth: 2 })

/**
 * Values that a schema asks for, and now and then, in a part of them, others: a client can send anything.
 * What types can not say (a pattern, a format) is left to chance.
 */
export function createValues(schema: unknown, resolve: Resolve, depth = 0): fc.Arbitrary<unknown> {
  if (!isPlainObject(schema) || depth > 5) return anyJson
  const fit = createFit(schema, resolve, depth)
  return fc.oneof({ arbitrary: fit, weight: 12 }, { arbitrary: fc.oneof(anyJson, anyText), weight: 1 })
}

function createFit(schema: Schema, resolve: Resolve, depth: number): fc.Arbitrary<unknown> {
  const { $ref, enum: choices, examples } = schema
  if (typeof $ref === 'string') return createValues(resolve($ref), resolve, depth + 1)
  if ('const' in schema) return fc.constant(schema['const'])
  if (Array.isArray(choices) && choices.length > 0) return fc.constantFrom<unknown>(...choices)
  const parts = [schema['anyOf'], schema['oneOf'], schema['allOf']].flatMap((part) =>
    Array.isArray(part) ? part : []
  )
  if (parts.length > 0) return fc.oneof(...parts.map((part) => createValues(part, resolve, depth + 1)))
  const known = Array.isArray(examples) && examples.length > 0 ? [fc.constantFrom<unknown>(...examples)] : []
  const types: unknown[] = [schema['type']].flat()
  return fc.oneof(
    ...known,
    ...types.map((type) => createTyped(type, schema, (part) => createValues(part, resolve, depth + 1)))
  )
}

function createTyped(
  type: unknown,
  schema: Schema,
  create: (part: unknown) => fc.Arbitrary<unknown>
): fc.Arbitrary<unknown> {
  switch (type) {
    case 'integer':
      return fc.integer(toBounds(schema))
    case 'number':
      return fc.oneof(fc.integer(toBounds(schema)), fc.double({ noNaN: true }))
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'string':
      return createText(schema)
    case 'array':
      return fc.array(create(schema['items']), { minLength: toCount(schema['minItems'], 0), maxLength: 4 })
    case 'object':
      return createObject(schema, create)
    default:
      return anyJson
  }
}

function createText({ minLength, maxLength, pattern }: Schema): fc.Arbitrary<string> {
  if (typeof pattern === 'string') return fc.oneof(fc.stringMatching(new RegExp(pattern, 'u')), anyText)
  const most = Math.min(toCount(maxLength, 40), 60)
  const least = Math.min(toCount(minLength, 0), most)
  return fc.oneof(fc.string({ minLength: least, maxLength: most, unit: 'grapheme' }), anyText)
}

function createObject(
  schema: Schema,
  create: (part: unknown) => fc.Arbitrary<unknown>
): fc.Arbitrary<unknown> {
  const properties = isPlainObject(schema['properties']) ? schema['properties'] : {}
  const required: unknown[] = Array.isArray(schema['required']) ? schema['required'] : []
  const members = Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, create(part)]))
  const names = Object.keys(properties).filter((name) => required.includes(name))
  return fc.record(members, { requiredKeys: names })
}

function toBounds({ minimum, maximum }: Schema): { min: number; max: number } {
  const min = Math.ceil(typeof minimum === 'number' ? minimum : -(2 ** 31))
  return { min, max: Math.max(min, Math.floor(typeof maximum === 'number' ? maximum : 2 ** 31 - 1)) }
}

function toCount(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback
}
