/** The parts of an OpenAPI 3.1 document that Treeway reads or writes; whatever else is in it goes through untouched. */
export interface OpenapiDocument {
  openapi: string
  info: { title: string; version: string; description?: string }
  paths: Record<string, PathItem>
  components?: Components
  tags?: { name: string; description?: string }[]
  [key: string]: unknown
}

export interface Components {
  schemas?: Record<string, unknown>
  responses?: Record<string, unknown>
  [key: string]: unknown
}

/** Operations by method in lower case. */
export type PathItem = Record<string, Operation | undefined>

export interface Operation {
  operationId?: string
  summary?: string
  description?: string
  deprecated?: boolean
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Record<string, MediaType> }
  responses: Record<string, unknown>
  [key: string]: unknown
}

export interface Parameter {
  name: string
  in: string
  required?: boolean
  example?: unknown
  [key: string]: unknown
}

export interface MediaType {
  schema?: unknown
  example?: unknown
  [key: string]: unknown
}

export const documentMethods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const

/** In the schema of a parameter that is the rest of the path: OpenAPI has no word for it. */
export const restMark = 'x-treeway-rest'
