import { isPlainObject } from '../config/value-type.ts'
import { TreewayError } from '../errors.ts'
import { documentMethods } from './document.ts'
import type { OpenapiDocument, Operation } from './document.ts'

/**
 * Somebody's OpenAPI 3 document in JSON. Throws TREEWAY_USAGE.
 *
 * @param from Where the text is from, for the message.
 */
export function parseDocument(text: string, from: string): OpenapiDocument {
  const value = parseJson(text)
  if (isDocument(value)) return { ...value, paths: toPlainPaths(value) }
  const fix =
    'Give the document as JSON, such as /_treeway/openapi.json or the output of `treeway routes --openapi`.'
  throw new TreewayError('TREEWAY_USAGE', `${from} is no OpenAPI 3 document.`, { fix })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isDocument(value: unknown): value is OpenapiDocument {
  return (
    isPlainObject(value) &&
    String(value['openapi']).startsWith('3.') &&
    isPlainObject(value['paths']) &&
    Object.values(value['paths']).every(isPlainObject)
  )
}

/** Parameters of a whole path stand in each of its operations, and what is referred to stands in its place. */
function toPlainPaths(document: OpenapiDocument): OpenapiDocument['paths'] {
  const entries = Object.entries(document.paths).map(([path, item]) => {
    const shared = listObjects(Reflect.get(item, 'parameters'))
    const operations = documentMethods.flatMap((method) => {
      const operation: unknown = item[method]
      if (!isPlainObject(operation)) return []
      const parameters = [...shared, ...listObjects(operation['parameters'])].map((one) =>
        resolve(one, document)
      )
      const { requestBody, responses } = operation
      const body = isPlainObject(requestBody) ? { requestBody: resolve(requestBody, document) } : {}
      const answers = Object.entries(isPlainObject(responses) ? responses : {}).map(
        ([status, answer]) => [status, resolve(answer, document)] as const
      )
      return [
        [method, { ...operation, parameters, ...body, responses: Object.fromEntries(answers) } as Operation]
      ]
    })
    return [path, Object.fromEntries(operations)] as const
  })
  return Object.fromEntries(entries)
}

function listObjects(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isPlainObject) : []
}

/** What `#/components/parameters/a` names; anything else as it is. */
function resolve(value: unknown, document: OpenapiDocument): unknown {
  const reference = isPlainObject(value) ? value['$ref'] : undefined
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return value
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>((part, name) => (isPlainObject(part) ? part[name] : undefined), document)
}
