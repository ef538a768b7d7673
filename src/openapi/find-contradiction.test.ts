import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findContradiction } from './find-contradiction.ts'

const object = (rest: object): object => ({ type: 'object', ...rest })

test.each([
  [false, 'false allows no value'],
  [{ not: {} }, 'not {} allows no value'],
  [{ type: 'string', enum: [1, 2] }, 'no value of enum is of its type'],
  [{ type: 'integer', const: 1.5 }, 'no value of const is of its type'],
  [{ const: 'a', enum: ['b'] }, 'const is not one of enum'],
  [{ type: 'integer', minimum: 5, maximum: 1 }, 'minimum 5 is above maximum 1'],
  [{ type: 'integer', minimum: 1.2, maximum: 1.8 }, 'there is no integer between its bounds'],
  [{ type: 'integer', exclusiveMinimum: 1, maximum: 1 }, 'there is no integer between its bounds'],
  [{ type: 'number', minimum: 1, exclusiveMaximum: 1 }, 'there is no number between its bounds'],
  [{ type: 'string', minLength: 3, maxLength: 2 }, 'minLength 3 is above maxLength 2'],
  [{ type: 'array', minItems: 1, items: false }, 'items: false allows no value'],
  [
    object({ required: ['id'], additionalProperties: false, properties: { name: {} } }),
    '"id" is required, and additionalProperties does not allow it'
  ],
  [object({ required: ['a', 'b'], maxProperties: 1 }), '2 properties are required and only 1 allowed'],
  [
    object({ required: ['price'], properties: { price: { type: 'number', minimum: 2, maximum: 1 } } }),
    'properties/price: minimum 2 is above maximum 1'
  ],
  [{ allOf: [{ type: 'string' }, { type: 'number' }] }, 'the parts of allOf have no type in common'],
  [{ anyOf: [false, { type: 'null', const: 1 }] }, 'anyOf/0: false allows no value'],
  [{ $ref: '#/definitions/none', definitions: { none: false } }, 'false allows no value'],
  [{ $ref: 'shared#/properties/a' }, 'no value of const is of its type']
])('%j: %s', (schema, reason) => {
  const shared = { shared: { $id: 'shared', properties: { a: { type: 'string', const: 1 } } } }
  expect(findContradiction(schema, { shared })).toBe(reason)
})

describe('nothing is said of', () => {
  test.each([
    [{ type: 'string', nullable: true, enum: [null] }],
    [{ minimum: 5, maximum: 1 }],
    [{ type: ['integer', 'string'], minimum: 5, maximum: 1 }],
    [object({ properties: { never: false } })],
    [object({ required: ['x-a'], additionalProperties: false, patternProperties: { '^x-': {} } })],
    [{ type: 'array', items: false }],
    [{ allOf: [{ type: 'number' }, { type: 'integer' }] }],
    [
      {
        $ref: '#/definitions/node',
        definitions: { node: object({ properties: { next: { $ref: '#/definitions/node' } } }) }
      }
    ],
    [{ $ref: 'elsewhere#' }],
    [true],
    [undefined]
  ])('%j', (schema) => {
    expect(findContradiction(schema)).toBeUndefined()
  })
})

test('a request may have what is taken out of it', () => {
  const schema = object({ required: ['id'], additionalProperties: false })
  expect(findContradiction(schema, { isRequest: true })).toBeUndefined()
})

test('the order of keys tells no value from another', () => {
  expect(findContradiction({ const: { a: 1, b: 2 }, enum: [{ b: 2, a: 1 }] })).toBeUndefined()
})

/** Small schemas over few values, so that what is said to be impossible can be tried. */
const bound = fc.integer({ min: -2, max: 3 })
const value = fc.constantFrom<unknown>(
  null,
  true,
  0,
  1,
  1.5,
  'a',
  'ab',
  [],
  [1],
  {},
  { a: 1 },
  { a: 'b', b: 2 }
)
const type = fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object')
function createSchemas(depth: number): fc.Arbitrary<object> {
  const inner = depth === 0 ? fc.constant({}) : createSchemas(depth - 1)
  return fc.record(
    {
      type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 2 })),
      minimum: bound,
      exclusiveMaximum: bound,
      minLength: fc.nat(2),
      maxLength: fc.nat(2),
      minItems: fc.nat(2),
      maxItems: fc.nat(2),
      enum: fc.uniqueArray(value, { minLength: 1, maxLength: 3, selector: (each) => JSON.stringify(each) }),
      const: value,
      required: fc.uniqueArray(fc.constantFrom('a', 'b'), { minLength: 1 }),
      maxProperties: fc.nat(2),
      properties: fc.dictionary(fc.constantFrom('a', 'b'), inner, { maxKeys: 2 }),
      additionalProperties: fc.boolean(),
      items: inner,
      anyOf: fc.array(inner, { minLength: 1, maxLength: 2 }),
      allOf: fc.array(inner, { minLength: 1, maxLength: 2 })
    },
    { requiredKeys: [] }
  )
}

test('whatever it calls impossible, no value meets', () => {
  const ajv = new Ajv({ strict: false })
  fc.assert(
    fc.property(
      createSchemas(1),
      fc.array(fc.oneof(value, fc.jsonValue({ maxDepth: 2 })), { maxLength: 30 }),
      (schema, values) => {
        const validate = ajv.compile(schema)
        if (values.some((each) => validate(each))) expect(findContradiction(schema)).toBeUndefined()
      }
    ),
    { numRuns: 200 }
  )
})
