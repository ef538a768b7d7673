/** A schema of a library that follows Standard Schema (Zod, Valibot, ArkType), with its way to JSON Schema. */
interface StandardJsonSchema {
  readonly '~standard': {
    readonly jsonSchema: Readonly<Record<'input' | 'output', (options: { target: string }) => unknown>>
  }
}

/**
 * JSON Schema of what a library made, where it can say it (https://standardschema.dev/json-schema); anything else as it
 * is, which for plain JSON Schema and TypeBox is what it should be.
 *
 * @param side `input` for what a client sends, `output` for what it gets.
 */
export function toJsonSchema(schema: unknown, side: 'input' | 'output'): unknown {
  if (!isStandardJsonSchema(schema)) return schema
  try {
    return schema['~standard'].jsonSchema[side]({ target: 'draft-2020-12' })
  } catch {
    // Some types have no words in JSON Schema: a transformation, a class. Then anything goes.
    return {}
  }
}

/** A library made it, and can not say it as JSON Schema. */
export function isUnsayable(schema: unknown): boolean {
  const isObject = (typeof schema === 'object' || typeof schema === 'function') && schema !== null
  return isObject && '~standard' in schema && !isStandardJsonSchema(schema)
}

function isStandardJsonSchema(value: unknown): value is StandardJsonSchema {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const standard: unknown = Reflect.get(value, '~standard')
  return typeof standard === 'object' && standard !== null && 'jsonSchema' in standard
}
