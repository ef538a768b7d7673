import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Route } from '../routes/route.ts'
import { isPlainObject } from '../config/value-type.ts'
import { readDocComment } from './doc-comment.ts'
import type { DocText } from './doc-text.ts'
import type { OpenapiDocument, Operation } from './document.ts'

/** Which row of the table an operation of the document belongs to. */
export type FindRoute = (method: string, path: string) => Route | undefined

/**
 * The document with the words that stand in the tree: comments and docstrings of handlers, name and version of the
 * package. Read anew each time, so that an edited comment shows.
 */
export async function describeDocument(
  document: OpenapiDocument,
  dir: string,
  findRoute: FindRoute
): Promise<OpenapiDocument> {
  const texts = new Map<string, Promise<string>>()
  const read = (file: string): Promise<string> => {
    const known = texts.get(file) ?? readFile(join(dir, file), 'utf8').catch(() => '')
    texts.set(file, known)
    return known
  }
  const paths = await Promise.all(
    Object.entries(document.paths).map(async ([path, item]) => {
      const operations = Object.entries(item).map(async ([method, operation]) => {
        const route = findRoute(method, path)
        return [
          method,
          operation && route ? await describeOperation(operation, route, read) : operation
        ] as const
      })
      return [path, Object.fromEntries(await Promise.all(operations))] as const
    })
  )
  const info = { ...(await readPackageInfo(dir)), ...withoutEmpty(document.info) }
  return { ...document, info, paths: Object.fromEntries(paths) }
}

async function describeOperation(
  operation: Operation,
  route: Route,
  read: (file: string) => Promise<string>
): Promise<Operation> {
  if (route.redirect !== undefined) return operation
  const { summary, description, ...rest } = operation
  return { ...readTexts(route, await read(route.file), { summary, description }), ...rest }
}

export interface OperationTexts {
  readonly summary?: string
  readonly description?: string
  readonly deprecated?: true
}

/** What is said of a route: the words it was given, and those of its handler's comment. */
export function readTexts(
  route: Route,
  source: string,
  { summary, description }: { readonly summary?: unknown; readonly description?: unknown }
): OperationTexts {
  const given = {
    ...(typeof summary === 'string' ? { summary } : {}),
    ...(typeof description === 'string' ? { description } : {})
  }
  const said = readDocComment(route.language, source, listNames(route))
  if (!said) return given
  return {
    ...toTexts(said, given.summary, given.description),
    ...(said.isDeprecated ? { deprecated: true } : {})
  }
}

/** Words of a schema or of fn.config.json come first; then what the comment says is the description. */
function toTexts(
  said: DocText,
  summary: string | undefined,
  description: string | undefined
): Pick<Operation, 'summary' | 'description'> {
  const whole = said.description === undefined ? said.summary : `${said.summary}.\n\n${said.description}`
  const own = summary === undefined ? said.description : whole
  const text = description ?? own
  return { summary: summary ?? said.summary, ...(text === undefined ? {} : { description: text }) }
}

function listNames({ exportName, language, functionOptions }: Route): string[] {
  const own = functionOptions.handler ?? exportName
  const escaped = own.replaceAll(/[^\w$]/g, '').replaceAll('$', '\\$')
  return language === 'javascript' ? [escaped] : [...new Set([escaped, 'handler', 'Handler', 'main'])]
}

/** Name and version of the project's package.json, or the name of its folder. */
async function readPackageInfo(dir: string): Promise<{ title: string; version: string }> {
  const text = await readFile(join(dir, 'package.json'), 'utf8').catch(() => '{}')
  const manifest = parseJson(text)
  const { name, version } = isPlainObject(manifest) ? manifest : {}
  return {
    title: typeof name === 'string' && name !== '' ? name : basename(dir),
    version: typeof version === 'string' ? version : '0.0.0'
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function withoutEmpty(info: OpenapiDocument['info']): Partial<OpenapiDocument['info']> {
  return Object.fromEntries(Object.entries(info).filter(([, value]) => value !== ''))
}
