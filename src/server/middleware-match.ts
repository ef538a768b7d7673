import { TreewayError } from '../errors.ts'
import { toContextHandlers } from '../handlers/context.ts'
import type { ContextHandler } from '../handlers/context.ts'
import type { ChainStep } from '../handlers/context-chain.ts'
import { toMixedRegex } from '../routes/mixed-segment.ts'
import type { Part, Pattern, Segment } from '../routes/pattern.ts'
import type { Middleware } from '../routes/table.ts'
import type { Project } from './project.ts'
import { pickExport } from './route-handler.ts'

/** Finds the middleware of a request: outermost folder first, ready to be run. */
export interface MiddlewareMatcher {
  listSteps(method: string, path: string): ChainStep[]
}

interface Entry {
  readonly pattern: Pattern
  /** What `onRequest` exports. */
  readonly always: readonly ContextHandler[]
  readonly byMethod: ReadonlyMap<string, readonly ContextHandler[]>
}

/**
 * A middleware holds for every URL that begins with its folder's, whichever file answers there and whether any does.
 * Where a file exports both, `onRequest` runs and then the verb's own.
 */
export function createMiddlewareMatcher(project: Project): MiddlewareMatcher {
  const entries = project.table.middlewares.map((middleware) => toEntry(project, middleware))
  return {
    listSteps(method, path) {
      const segments = path === '/' ? [] : path.slice(1).split('/')
      return entries.flatMap((entry) => toSteps(entry, method, segments))
    }
  }
}

function toEntry(project: Project, middleware: Middleware): Entry {
  const byMethod = new Map<string, readonly ContextHandler[]>()
  for (const name of middleware.exportNames)
    byMethod.set(toMethod(name), readHandlers(project, middleware, name))
  const always = byMethod.get('*') ?? []
  byMethod.delete('*')
  // HEAD is answered by GET's handler, so what guards GET guards it too.
  const get = byMethod.get('GET')
  if (get && !byMethod.has('HEAD')) byMethod.set('HEAD', get)
  return { pattern: middleware.pattern, always, byMethod }
}

function toMethod(exportName: string): string {
  return exportName.slice('onRequest'.length).toUpperCase() || '*'
}

/** A middleware that can not be run must not leave its folder open: whatever lies below answers with the fault. */
function readHandlers(project: Project, middleware: Middleware, name: string): readonly ContextHandler[] {
  const module = project.modules.get(middleware.file)
  if (module?.kind === 'failed') return [createFault(module.error)]
  const handlers = module ? toContextHandlers(pickExport(module.exports, name)) : undefined
  if (handlers) return handlers
  const fault = new TreewayError(
    'TREEWAY_EXPORT_INVALID',
    `"${name}" of ${middleware.file} must be a function or a list of functions.`
  )
  project.onProblem(fault, middleware.file)
  return [createFault(fault)]
}

function createFault(error: TreewayError): ContextHandler {
  return function faultMiddleware() {
    throw error
  }
}

function toSteps(entry: Entry, method: string, segments: readonly string[]): ChainStep[] {
  const params = matchPrefix(entry.pattern, segments)
  if (!params) return []
  const calls = [...entry.always, ...(entry.byMethod.get(method) ?? [])]
  const functionPath = `/${segments.slice(0, entry.pattern.length).join('/')}`
  return calls.map((call) => ({ call, functionPath, params }))
}

type Params = Record<string, string | string[]>

function matchPrefix(pattern: Pattern, segments: readonly string[]): Params | undefined {
  const params: Params = {}
  for (const [i, segment] of pattern.entries()) {
    if (segment.kind === 'rest' || segment.kind === 'optional-rest')
      return matchRest(segment, segments.slice(i), params)
    const text = segments[i]
    if (text === undefined || text === '' || !matchSegment(segment, toDecoded(text), params)) return undefined
  }
  return params
}

function matchRest(
  segment: Segment & { kind: 'rest' | 'optional-rest' },
  rest: readonly string[],
  params: Params
): Params | undefined {
  const values = rest.filter((text) => text !== '').map(toDecoded)
  if (values.length > 0) return { ...params, [segment.name]: values }
  return segment.kind === 'rest' ? undefined : params
}

function matchSegment(
  segment: Exclude<Segment, { kind: 'rest' | 'optional-rest' }>,
  text: string,
  params: Params
): boolean {
  if (segment.kind === 'text') return segment.text === text
  if (segment.kind === 'param') {
    params[segment.name] = text
    return true
  }
  return matchMixed(segment.parts, text, params)
}

function matchMixed(parts: readonly Part[], text: string, params: Params): boolean {
  const match = toMixedRegex(parts).exec(text)
  if (!match) return false
  const names = parts.flatMap((part) => (part.kind === 'param' ? [part.name] : []))
  for (const [i, name] of names.entries()) params[name] = match[i + 1] ?? ''
  return true
}

function toDecoded(text: string): string {
  return text.includes('%') ? decodeURIComponent(text) : text
}
