import { isPlainObject } from '../config/value-type.ts'
import type { FunctionOptions } from '../routes/route.ts'
import type { Operation, Parameter } from './document.ts'

const BODYLESS = ['get', 'head', 'trace', 'options']

/** `invoke.query`, `invoke.body` and `invoke.content_type` of fn.config.json are examples of how the function is called. */
export function addExamples(operation: Operation, method: string, options: FunctionOptions): Operation {
  const withSummary = options.summary === undefined ? operation : { summary: options.summary, ...operation }
  const withQuery = isPlainObject(options.query) ? addQuery(withSummary, options.query) : withSummary
  return BODYLESS.includes(method) || options.body === undefined ? withQuery : addBody(withQuery, options)
}

function addQuery(operation: Operation, query: Readonly<Record<string, unknown>>): Operation {
  const given = operation.parameters ?? []
  const isQuery = ({ in: place }: Parameter): boolean => place === 'query'
  const known = given.map((parameter) =>
    isQuery(parameter) && parameter.name in query && !('examples' in parameter)
      ? { example: query[parameter.name], ...parameter }
      : parameter
  )
  const names = new Set(given.filter(isQuery).map(({ name }) => name))
  const added = Object.entries(query).filter(([name]) => !names.has(name))
  const parameters = [
    ...known,
    ...added.map(([name, example]) => ({ name, in: 'query', required: false, schema: {}, example }))
  ]
  return parameters.length === 0 ? operation : { ...operation, parameters }
}

function addBody(operation: Operation, { body, contentType }: FunctionOptions): Operation {
  const content = operation.requestBody?.content ?? { [contentType ?? 'application/json']: {} }
  const entries = Object.entries(content).map(([type, media]) => {
    const example = type.includes('json') ? toJsonValue(body) : body
    return [type, 'examples' in media ? media : { example, ...media }] as const
  })
  return {
    ...operation,
    requestBody: { required: false, ...operation.requestBody, content: Object.fromEntries(entries) }
  }
}

/** Often the file has the JSON as a text. */
export function toJsonValue(body: unknown): unknown {
  if (typeof body !== 'string') return body
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}
