import { posix } from 'node:path'
import { isPlainObject } from '../config/value-type.ts'
import { toDisplayUrl } from '../routes/format-pattern.ts'
import type { Route } from '../routes/route.ts'
import { restMark } from './document.ts'
import type { OpenapiDocument, Operation, Parameter } from './document.ts'
import type { FindRoute } from './describe-document.ts'
import { NAMELESS_REST } from './document-url.ts'
import { toObjectType, toTypeText } from './schema-type.ts'
import type { Side } from './schema-type.ts'

const HEAD = `// Written by \`treeway dev\` and \`treeway types\`. Changes are lost.
import type { AnswerOf, AnyQuery, AnyReceivedQuery } from 'treeway'
`
const TAIL = `
declare module 'treeway' {
  interface Routes extends ProjectRoutes {}
}
`
const CLIENT_HEAD = `// Written by \`treeway types --from\`. Changes are lost.
import type { AnyQuery, AnyReceivedQuery } from 'treeway/client'
`

/**
 * The text of `routes.d.ts`: what the document says, for the compiler. What a TypeScript handler answers is taken from
 * its own type where no schema says it.
 *
 * @param fileDir Folder of the written file below the project's directory, to name handler files from.
 */
export function toRouteTypes(document: OpenapiDocument, findRoute: FindRoute, fileDir: string): string {
  return `${HEAD}${toRoutes(document, findRoute, fileDir)}${TAIL}`
}

/** The same from the document alone, for a client that has nothing else of the tree: it names `ProjectRoutes` itself. */
export function toClientTypes(document: OpenapiDocument): string {
  return `${CLIENT_HEAD}${toRoutes(document, () => undefined, '')}`
}

function toRoutes(document: OpenapiDocument, findRoute: FindRoute, fileDir: string): string {
  const entries = new Map<string, string>()
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (!operation) continue
      const route = findRoute(method, path)
      const url = route ? toDisplayUrl(route.pattern) : toColonUrl(path, operation)
      const name = JSON.stringify(`${method.toUpperCase()} ${url}`)
      const entry = {
        operation,
        route,
        fileDir,
        hasBody: !['get', 'head', 'delete', 'options'].includes(method)
      }
      // An optional rest has two paths; the longer one knows its parameter.
      if (!entries.has(name) || path.includes('{')) entries.set(name, toEntry(entry))
    }
  }
  const routes = [...entries].map(([name, text]) => `  ${name}: ${text}`).join('\n')
  return `
export interface ProjectRoutes {
${routes}
}

${toSchemas(document)}`
}

interface Entry {
  readonly operation: Operation
  readonly route: Route | undefined
  readonly fileDir: string
  readonly hasBody: boolean
}

function toEntry(entry: Entry): string {
  const { operation, route } = entry
  const last = route?.pattern.at(-1)
  const rest = last?.kind === 'rest' || last?.kind === 'optional-rest' ? last.name : undefined
  return `{
    params: ${toParams(operation, last?.kind === 'optional-rest' ? rest : undefined)}
    rest: ${JSON.stringify(rest)}
    sent: { query: ${toQuery(operation, 'sent')}; body: ${toBody(entry, 'sent')} }
    received: { query: ${toQuery(operation, 'received')}; body: ${toBody(entry, 'received')} }
    answer: ${toAnswer(entry)}
  }`
}

function toParams(operation: Operation, optional: string | undefined): string {
  const params = pickParameters(operation, 'path').map(
    (parameter) => [toHandlerName(parameter, optional), parameter['schema']] as const
  )
  const names = params.map(([name]) => name).filter((name) => name !== optional)
  return toObjectType(Object.fromEntries(params), new Set(names), 'answered')
}

/** A nameless rest is \`*\` for the handler. */
function toHandlerName({ name }: Parameter, optional: string | undefined): string {
  return name === NAMELESS_REST && optional !== name ? '*' : name
}

function toQuery(operation: Operation, side: Side): string {
  const query = pickParameters(operation, 'query').filter(
    ({ schema }) => isPlainObject(schema) && Object.keys(schema).length > 0
  )
  if (query.length === 0) return side === 'sent' ? 'AnyQuery' : 'AnyReceivedQuery'
  const required = query.filter(({ required: isRequired }) => isRequired).map(({ name }) => name)
  const properties = Object.fromEntries(query.map(({ name, schema }) => [name, schema]))
  return toObjectType(properties, new Set(required), side)
}

function pickParameters({ parameters = [] }: Operation, place: string): Parameter[] {
  return parameters.filter((parameter) => parameter.in === place)
}

function toBody({ operation, hasBody }: Entry, side: Side): string {
  const content = operation.requestBody?.content ?? {}
  const json = Object.entries(content).find(([type]) => type.includes('json'))?.[1]
  if (json?.schema !== undefined) return toTypeText(json.schema, side)
  return hasBody ? 'unknown' : 'undefined'
}

/** What the answers of 200 to 299 hold. */
function toAnswer({ operation, route, fileDir }: Entry): string {
  const good = Object.entries(operation.responses).filter(([status]) =>
    /^2\d\d$|^2XX$|^default$/.test(status)
  )
  const types = good.flatMap(([, response]) => {
    const content = isPlainObject(response) ? response['content'] : undefined
    const media: unknown = isPlainObject(content) ? Object.values(content)[0] : undefined
    return isPlainObject(media) ? [toTypeText(media['schema'], 'answered')] : []
  })
  if (types.length > 0) return [...new Set(types)].join(' | ')
  return route && isTypeScript(route) ? toInferred(route, fileDir) : 'unknown'
}

function isTypeScript({ file, redirect }: Route): boolean {
  return /\.[cm]?tsx?$/.test(file) && redirect === undefined
}

function toInferred({ file, exportName }: Route, fileDir: string): string {
  const path = posix.relative(fileDir, file).replace(/\.([cm]?)tsx?$/, '.$1js')
  return `AnswerOf<typeof import(${JSON.stringify(path)})[${JSON.stringify(exportName)}]>`
}

/** `/files/{path}` as handlers and clients name it: `/files/*path` where that is the rest of the path. */
function toColonUrl(path: string, operation: Operation): string {
  const rests = pickParameters(operation, 'path').filter(
    ({ schema }) => isPlainObject(schema) && restMark in schema
  )
  return path.replaceAll(/\{([^{}]+)\}/g, (_text, name: string) => {
    if (name === NAMELESS_REST) return '*'
    return rests.some((rest) => rest.name === name) ? `*${name}` : `:${name}`
  })
}

function toSchemas({ components }: OpenapiDocument): string {
  const schemas = Object.entries(components?.schemas ?? {})
  const sides = (['sent', 'received', 'answered'] as const).map((side) => {
    const members = schemas.map(
      ([name, schema]) => `    ${JSON.stringify(name)}: ${toTypeText(schema, side)}`
    )
    return `  ${side}: {\n${members.join('\n')}\n  }`
  })
  return `/** Schemas that routes share, by who looks at them. */\nexport interface Schemas {\n${sides.join('\n')}\n}\n`
}
