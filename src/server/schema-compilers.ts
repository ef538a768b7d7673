import { AjvCompiler } from '@fastify/ajv-compiler'
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'
import type { FastifyServerOptions } from 'fastify'
import { TreewayError } from '../errors.ts'
import { toFastifyUrl } from '../routes/format-pattern.ts'
import type { RouteTable } from '../routes/table.ts'
import { listPlaces } from './claims.ts'

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
 * Fastify's own compilers, for an app that is looked at and not served: one schema that does not compile would keep it
 * from being ready, and hide all others. (Serving, Fastify treats compilers that it is given with less care than its
 * own: it leaves the names of headers as they are.)
 */
export function createSchemaCompilers(
  onFault: OnSchemaFault
): NonNullable<FastifyServerOptions['schemaController']> {
  const buildValidator = AjvCompiler() as Build
  const buildSerializer = SerializerSelector() as Build
  const compilersFactory = {
    buildValidator: guardBuild(buildValidator, onFault, (error) => () => ({ error })),
    buildSerializer: guardBuild(buildSerializer, onFault, (error) => () => {
      throw error
    })
  }
  return { compilersFactory } as unknown as NonNullable<FastifyServerOptions['schemaController']>
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
        return compile(place)
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

/** The file of the route that Fastify knows by this URL. */
export function findRouteFile({ routes }: RouteTable, url: string): string | undefined {
  return routes.find(({ pattern }) =>
    listPlaces(pattern).some((place) => toFastifyUrl(place.pattern) === url)
  )?.file
}
