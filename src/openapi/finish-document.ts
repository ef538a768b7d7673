import { STATUS_CODES } from 'node:http'
import type { OpenapiSettings } from '../config/openapi-option.ts'
import { documentMethods } from './document.ts'
import type { OpenapiDocument, Operation, PathItem } from './document.ts'
import { addExamples } from './invoke-examples.ts'
import { mergeSamePaths } from './merge-paths.ts'
import { toOperationId } from './operation-id.ts'
import { findOwner } from './operation-owner.ts'
import type { OperationOwner, Owners } from './operation-owner.ts'

/** What a route for every method has in the document. */
const COMMON_METHODS = ['get', 'post', 'put', 'patch', 'delete']
const ERROR_RESPONSE = { $ref: '#/components/responses/Error' }
const ownErrors = { '4XX': ERROR_RESPONSE, '5XX': ERROR_RESPONSE }
/** What an error handler of the tree's own answers, its routes must say: nothing is promised that may not be true. */
const otherErrors = { '4XX': { description: 'Client error' }, '5XX': { description: 'Server error' } }

/** Makes of what @fastify/swagger wrote what Treeway promises: own ids, the errors, one operation for each method. */
export function finishDocument(
  document: OpenapiDocument,
  owners: Owners,
  settings: OpenapiSettings
): OpenapiDocument {
  const paths = Object.entries(document.paths)
    .map(([path, item]) => [path, finishPath(path, item, owners)] as const)
    .filter(([, item]) => Object.keys(item).length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const finished: OpenapiDocument = {
    ...document,
    ...(settings.security ? { security: settings.security } : {}),
    paths: mergeSamePaths(Object.fromEntries(paths)),
    components: addErrorResponse(document.components)
  }
  makeIdsUnique(finished, owners)
  return finished
}

function finishPath(path: string, item: PathItem, owners: Owners): PathItem {
  const kept = documentMethods.flatMap((method) => {
    const operation = item[method]
    const owner = findOwner(owners, method, path)
    if (!operation || isHidden(method, item, owner)) return []
    return [[method, finishOperation({ ...operation }, `${method} ${path}`, owner)] as const]
  })
  return Object.fromEntries(kept)
}

/** HEAD comes with every GET; a reader gains nothing from seeing it twice. */
function isHidden(method: string, item: PathItem, owner: OperationOwner | undefined): boolean {
  if (method === 'head' && item['get'] !== undefined) return true
  return owner?.isAny === true && !COMMON_METHODS.includes(method)
}

function finishOperation(operation: Operation, place: string, owner: OperationOwner | undefined): Operation {
  const [method = '', path = ''] = place.split(' ')
  operation.operationId = owner?.operationId ?? toOperationId(method, path)
  operation.responses = toResponses(operation.responses, owner)
  if (owner?.security !== undefined) operation['security'] = owner.security
  return owner?.route ? addExamples(operation, method, owner.route.functionOptions) : operation
}

/** Without a schema any success is what the handler says; errors have one shape everywhere. */
function toResponses(
  given: Readonly<Record<string, unknown>>,
  owner: OperationOwner | undefined
): Record<string, unknown> {
  const errors = owner?.hasErrorShape() === false ? otherErrors : ownErrors
  const { route } = owner ?? {}
  if (route?.redirect !== undefined)
    return { 302: { description: `Redirects to ${route.redirect}` }, ...errors }
  if (owner && !owner.hasResponses) {
    return { '2XX': { description: 'Success' }, '3XX': { description: 'Redirection' }, ...errors }
  }
  const described = Object.entries(given).map(([status, response]) => [status, describe(status, response)])
  return { ...('default' in given ? {} : errors), ...Object.fromEntries(described) }
}

function describe(status: string, response: unknown): unknown {
  const hasNone =
    typeof response === 'object' && response && Reflect.get(response, 'description') === 'Default Response'
  return hasNone ? { ...response, description: STATUS_CODES[status] ?? 'The answer' } : response
}

function addErrorResponse(components: OpenapiDocument['components']): OpenapiDocument['components'] {
  return {
    ...components,
    schemas: { ...components?.schemas, Error: errorSchema },
    responses: {
      ...components?.responses,
      Error: {
        description: 'What went wrong, in the one shape that every error has.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } }
      }
    }
  }
}

const errorSchema = {
  type: 'object',
  required: ['statusCode', 'error', 'message'],
  properties: {
    statusCode: { type: 'integer', minimum: 400, maximum: 599 },
    code: { type: 'string', description: 'What happened, for a program; it never changes.' },
    error: { type: 'string', description: 'The name of the status.' },
    message: { type: 'string', description: 'What happened, for a person.' }
  }
}

/** One route for several methods has one id of its own; OpenAPI wants one for each. */
function makeIdsUnique(document: OpenapiDocument, owners: Owners): void {
  const taken = new Set([...owners.values()].flatMap(({ operationId }) => operationId ?? []))
  const given = new Set<string>()
  for (const item of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (!operation) continue
      const { operationId = '' } = operation
      const isFree = !given.has(operationId)
      operation.operationId = isFree
        ? operationId
        : toFreeId(operationId, method, new Set([...given, ...taken]))
      given.add(operation.operationId)
    }
  }
}

function toFreeId(id: string, method: string, taken: ReadonlySet<string>): string {
  const withMethod = `${id}-${method}`
  if (!taken.has(withMethod)) return withMethod
  let number = 2
  while (taken.has(`${withMethod}-${number}`)) number++
  return `${withMethod}-${number}`
}
