import { AjvCompiler } from '@fastify/ajv-compiler'
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'
import type { SharedSchemas } from './find-contradiction.ts'

/** Says why a value does not fit a part of a schema, named by JSON Pointer; undefined where it does. */
export type FitValue = (value: unknown, pointer: string) => string | undefined

type Build = (shared: SharedSchemas, options: object) => (place: { readonly schema: unknown }) => unknown

interface Validate {
  (value: unknown): boolean
  readonly errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null
}

const ROOT = 'treeway:checked'

/** As a request: converted, completed and trimmed as Fastify does it, so that `'10'` is an integer. */
export function createRequestFit(schema: object, shared: SharedSchemas): FitValue {
  const options = { strict: false, coerceTypes: 'array', useDefaults: true, removeAdditional: true }
  return createFit(schema, shared, options)
}

/** As an answer: just as it stands, and then it must be possible to write it. */
export function createAnswerFit(schema: object, shared: SharedSchemas): FitValue {
  const options = { strict: false, coerceTypes: false, useDefaults: false, removeAdditional: false }
  const fit = createFit(schema, shared, options)
  return function fitAnswer(value, pointer) {
    return fit(value, pointer) ?? (pointer === '' ? findUnwritable(value, schema, shared) : undefined)
  }
}

function createFit(schema: object, shared: SharedSchemas, customOptions: object): FitValue {
  const { $id, $schema: _draft, ...rest } = toRecord(schema)
  const id = typeof $id === 'string' ? $id : ROOT
  const others = Object.fromEntries(Object.entries(shared).filter(([name]) => name !== id))
  const compile = (AjvCompiler() as Build)({ ...others, [id]: { ...rest, $id: id } }, { customOptions })
  return function fitValue(value, pointer) {
    const $ref = `${id}#${pointer.split('/').map(encodeURIComponent).join('/')}`
    const validate = compile({ schema: { $ref } }) as Validate
    // Validation writes into what it looks at.
    if (validate(structuredClone(value))) return undefined
    const [error] = validate.errors ?? []
    return `${error?.instancePath ? `${error.instancePath.slice(1)} ` : ''}${error?.message ?? 'it is not valid'}`
  }
}

function toRecord(schema: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schema))
}

function findUnwritable(value: unknown, schema: object, shared: SharedSchemas): string | undefined {
  try {
    const write = (SerializerSelector() as Build)(shared, {})({ schema }) as (value: unknown) => string
    write(value)
    return undefined
  } catch (error) {
    return `it can not be written: ${error instanceof Error ? error.message : String(error)}`
  }
}
