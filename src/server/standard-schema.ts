import type { FastifyRequest } from 'fastify'

/** What libraries such as Zod, Valibot and ArkType give a schema (https://standardschema.dev). */
interface StandardSchema {
  readonly '~standard': { readonly validate: (value: unknown) => Outcome | Promise<Outcome> }
}

type Outcome =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] }

interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[]
}

type Plain = Readonly<Record<string, unknown>>

/** A route's schema, the parts apart that Fastify's own compiler can not read. */
export interface AdaptedSchema {
  /** What is left for Fastify. */
  readonly schema: Plain
  /** Checks the other parts, and puts what they make of the values in their place. */
  readonly validate: (request: FastifyRequest) => Promise<void>
}

const PARTS = {
  params: 'params',
  querystring: 'query',
  query: 'query',
  headers: 'headers',
  body: 'body'
} as const

interface StandardPart {
  readonly schema: StandardSchema
  /** Its name in messages, as Fastify says it. */
  readonly name: string
  readonly field: (typeof PARTS)[keyof typeof PARTS]
}

/** Undefined where every part is JSON Schema: then there is nothing to do, and nothing runs per request. */
export function adaptStandardSchema(schema: unknown): AdaptedSchema | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined
  const entries = Object.entries(schema)
  const parts: StandardPart[] = Object.entries(PARTS).flatMap(([name, field]) => {
    const part: unknown = Reflect.get(schema, name)
    return isStandardSchema(part)
      ? [{ schema: part, name: name === 'query' ? 'querystring' : name, field }]
      : []
  })
  const rest = entries.flatMap(([name, part]): [string, unknown][] => {
    if (isStandardSchema(part)) return []
    return name === 'response' ? [[name, withoutStandard(part)]] : [[name, part]]
  })
  const isChanged = parts.length > 0 || rest.some(([name, part]) => part !== Reflect.get(schema, name))
  return isChanged ? { schema: Object.fromEntries(rest), validate: createValidate(parts) } : undefined
}

export function isStandardSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return '~standard' in value
}

/** Answers are written as they are; such a schema of theirs is for the document and the types. */
function withoutStandard(response: unknown): unknown {
  if (typeof response !== 'object' || response === null) return response
  const entries = Object.entries(response)
  const kept = entries.filter(([, schema]) => !isStandardSchema(schema))
  return kept.length === entries.length ? response : Object.fromEntries(kept)
}

function createValidate(parts: readonly StandardPart[]): AdaptedSchema['validate'] {
  return async function validateStandard(request) {
    for (const { schema, name, field } of parts) {
      const outcome = await schema['~standard'].validate(request[field])
      if (outcome.issues) throw toValidationError(outcome.issues, name)
      Reflect.set(request, field, outcome.value)
    }
  }
}

/** As Fastify's own: 400, `body/name is missing`. */
function toValidationError(issues: readonly Issue[], name: string): Error {
  const message = issues.map((issue) => `${name}${toPointer(issue)} ${issue.message}`).join(', ')
  return Object.assign(new Error(message), {
    statusCode: 400,
    code: 'FST_ERR_VALIDATION',
    validation: issues,
    validationContext: name
  })
}

function toPointer({ path = [] }: Issue): string {
  const keys = path.map((step) => (typeof step === 'object' ? step.key : step))
  return keys.map((key) => `/${String(key)}`).join('')
}
