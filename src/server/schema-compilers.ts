import { createRequire } from 'node:module'
import type { FastifyServerOptions } from 'fastify'
import { TreewayError } from '../errors.ts'
import { toFastifyUrl } from '../routes/format-pattern.ts'
import type { RouteTable } from '../routes/table.ts'
import { listPlaces } from './claims.ts'
import { addFiniteKeyword, withFiniteNumbers } from './finite-numbers.ts'

const require = createRequire(import.meta.url)

/** What Fastify says of the schema that it wants compiled. */
interface SchemaPlace {
  readonly schema: unknown
  readonly method: string | readonly string[]
  readonly url: string
  /** `body`, `querystring`, `params`, `headers`; absent for an answer. */
  readonly httpPart?: string
  readonly httpStatus?: string
}

type Compile = (place: SchemaPlace) => unknown
type Build = (...options: readonly unknown[]) => Compile

/** Told of a schema that does not compile, and of the route that has it. */
export type OnSchemaFault = (
  fault: TreewayError,
  place: { readonly method: string; readonly url: string }
) => void

/**
 * Fastify's own compilers, which tell of a schema that does not compile: else one would keep the app from being ready,
 * and hide all others.
 */
export function createSchemaCompilers(
  onFault: OnSchemaFault
): NonNullable<FastifyServerOptions['schemaController']> {
  const compilersFactory = {
    buildValidator: guardBuild(loadLate(loadValidators), onFault, (error) => () => ({ error })),
    buildSerializer: guardBuild(loadLate(loadSerializers), onFault, (error) => () => {
      throw error
    })
  }
  return { compilersFactory } as unknown as NonNullable<FastifyServerOptions['schemaController']>
}

/** A tenth of a second that only a tree with schemas needs to wait. */
function loadLate(load: () => Build): Build {
  let build: Build | undefined
  return (...options) => (build ??= load())(...options)
}

function loadValidators(): Build {
  const { AjvCompiler } = require('@fastify/ajv-compiler') as typeof import('@fastify/ajv-compiler')
  const build = AjvCompiler() as Build
  return function buildValidator(shared, options) {
    const compile = build(withFiniteNumbers(shared), withFinitePlugin(options))
    return (place) => compile({ ...place, schema: withFiniteNumbers(place.schema) })
  }
}

/** JTD has words of its own, and no others. */
function withFinitePlugin(options: unknown): unknown {
  if (!isPlain(options) || options['mode'] === 'JTD') return options
  const { plugins } = options
  return { ...options, plugins: [...(Array.isArray(plugins) ? plugins : []), addFiniteKeyword] }
}

function loadSerializers(): Build {
  const { SerializerSelector } =
    require('@fastify/fast-json-stringify-compiler') as typeof import('@fastify/fast-json-stringify-compiler')
  return SerializerSelector() as Build
}

function guardBuild(
  build: Build,
  onFault: OnSchemaFault,
  toFallback: (error: TreewayError) => unknown
): Build {
  return function buildCompiler(...options) {
    const compile = build(...options)
    return function compileSchema(place) {
      try {
        return compile(withHeaderNames(place))
      } catch (error) {
        const method = [place.method].flat().join(', ')
        const part = place.httpPart ?? `answer ${place.httpStatus ?? ''}`.trim()
        const reason = error instanceof Error ? error.message : String(error)
        const message = `The schema for ${part} of ${method} ${place.url} does not compile: ${reason}.`
        const fault = new TreewayError('TREEWAY_SCHEMA_INVALID', message, { cause: error })
        onFault(fault, { method, url: place.url })
        return toFallback(fault)
      }
    }
  }
}

/** Node's names of headers are in lower case. Fastify sees to that for its own compilers, not for those it is given. */
function withHeaderNames(place: SchemaPlace): SchemaPlace {
  const { schema, httpPart } = place
  if (httpPart !== 'headers' || !isPlain(schema)) return place
  const { properties, required } = schema
  return {
    ...place,
    schema: {
      ...schema,
      ...(isPlain(properties) ? { properties: toLowerCaseKeys(properties) } : {}),
      ...(Array.isArray(required) ? { required: required.map((name) => String(name).toLowerCase()) } : {})
    }
  }
}

function toLowerCaseKeys(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name.toLowerCase(), value]))
}

/** A schema of a class, as TypeBox and others make, is left to those who made it. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** The file of the route that Fastify knows by this URL. */
export function findRouteFile({ routes }: RouteTable, url: string): string | undefined {
  return routes.find(({ pattern }) =>
    listPlaces(pattern).some((place) => toFastifyUrl(place.pattern) === url)
  )?.file
}
