import { isPlainObject } from '../config/value-type.ts'
import { createProblem } from '../errors.ts'
import type { Code, Problem } from '../errors.ts'
import { findContradiction } from './find-contradiction.ts'
import { createAnswerFit, createRequestFit } from './fit-values.ts'
import type { FitValue } from './fit-values.ts'
import { toJsonValue } from './invoke-examples.ts'
import { listExamples } from './list-examples.ts'
import { toOwnerWords } from './operation-owner.ts'
import type { OperationOwner, Owners } from './operation-owner.ts'

/** One schema of a route. */
interface Part {
  /** As other messages name it: `body`, `answer 200`. */
  readonly name: string
  readonly schema: Readonly<Record<string, unknown>>
  readonly isAnswer: boolean
}

/** Schemas that nothing can meet, and values that somebody wrote down and that do not fit. */
export function listSchemaProblems(owners: Owners): Problem[] {
  const places = new Map<OperationOwner, string>()
  for (const [place, owner] of owners) if (!places.has(owner)) places.set(owner, place)
  const problems = [...places].flatMap(([owner, place]) => listOfRoute(owner, place))
  // An optional rest is two routes of Fastify's.
  return [...new Map(problems.map((problem) => [problem.message, problem])).values()]
}

function listOfRoute(owner: OperationOwner, place: string): Problem[] {
  const { route, schema } = owner
  const details = route ? { file: route.file } : {}
  const toProblem = (code: Code, message: string): Problem => createProblem(code, message, details)
  return listParts(schema).flatMap((part) => {
    const words = `the schema for ${part.name} of ${toOwnerWords(place, owner)}`
    const reason = findContradiction(part.schema, { shared: owner.readShared(), isRequest: !part.isAnswer })
    if (reason !== undefined)
      return [toProblem('TREEWAY_SCHEMA_IMPOSSIBLE', `No value can meet ${words}: ${reason}.`)]
    return listMisfits(owner, part).map(([what, why]) =>
      toProblem('TREEWAY_EXAMPLE_INVALID', `${what} does not fit ${words}: ${why}.`)
    )
  })
}

function listParts(schema: Readonly<Record<string, unknown>>): Part[] {
  const requests = ['params', 'querystring', 'headers', 'body'].map((name) => ({
    name,
    given: schema[name],
    isAnswer: false
  }))
  const { response } = schema
  const answers = Object.entries(isPlainObject(response) ? response : {}).map(([status, given]) => ({
    name: `answer ${status}`,
    given,
    isAnswer: true
  }))
  return [...requests, ...answers].flatMap(({ name, given, isAnswer }) =>
    listGiven(given).map((one) => ({ name, schema: one, isAnswer }))
  )
}

/** A schema, or one for each media type (`content`). */
function listGiven(given: unknown): Readonly<Record<string, unknown>>[] {
  if (!isPlainObject(given)) return given === false ? [{ not: {} }] : []
  const { content } = given
  if (!isPlainObject(content)) return [given]
  return Object.values(content).flatMap((media) =>
    isPlainObject(media) && isPlainObject(media['schema']) ? [withMediaExamples(media, media['schema'])] : []
  )
}

/** `example` and `examples` of a media type stand beside its schema: examples of the whole. */
function withMediaExamples(
  { example, examples }: Readonly<Record<string, unknown>>,
  schema: Readonly<Record<string, unknown>>
): Readonly<Record<string, unknown>> {
  const named = isPlainObject(examples) ? Object.values(examples) : []
  const values = [
    ...(example === undefined ? [] : [example]),
    ...named.flatMap((one) => (isPlainObject(one) && 'value' in one ? [one['value']] : [])),
    ...(Array.isArray(schema['examples']) ? schema['examples'] : [])
  ]
  return values.length === 0 ? schema : { ...schema, examples: values }
}

function listMisfits(owner: OperationOwner, part: Part): (readonly [string, string])[] {
  const values = [
    ...listExamples(part.schema).map(({ pointer, keyword, value }) => ({
      what: `${WORDS[keyword]} ${JSON.stringify(value)}${pointer === '' ? '' : ` of ${pointer}`}`,
      pointer,
      value
    })),
    ...listInvoke(owner, part)
  ]
  if (values.length === 0) return []
  const fit = createPartFit(owner, part)
  return values.flatMap(({ what, pointer, value }) => {
    const why = fit?.(value, pointer)
    return why === undefined ? [] : [[what, why] as const]
  })
}

const WORDS = { default: 'The default', example: 'The example', examples: 'The example' } as const

/** Undefined where a schema does not compile: that is a problem of its own. */
function createPartFit(owner: OperationOwner, { schema, isAnswer }: Part): FitValue | undefined {
  try {
    const create = isAnswer ? createAnswerFit : createRequestFit
    const fit = create(schema, owner.readShared())
    fit(null, '')
    return fit
  } catch {
    return undefined
  }
}

/** How the function is called, by its fn.config.json. */
function listInvoke({ route }: OperationOwner, { name }: Part) {
  const { query, body, contentType = 'application/json' } = route?.functionOptions ?? {}
  if (name === 'querystring' && query !== undefined)
    return [{ what: 'invoke.query of fn.config.json', pointer: '', value: query }]
  if (name !== 'body' || body === undefined) return []
  const value = contentType.includes('json') ? toJsonValue(body) : body
  return [{ what: 'invoke.body of fn.config.json', pointer: '', value }]
}
