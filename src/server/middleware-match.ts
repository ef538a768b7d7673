import { TreewayError } from '../errors.ts'
import { toContextHandlers } from '../handlers/context.ts'
import type { ContextHandler } from '../handlers/context.ts'
import type { ChainStep } from '../handlers/context-chain.ts'
import { toMixedRegex } from '../routes/mixed-segment.ts'
import type { Pattern, Segment } from '../routes/pattern.ts'
import type { Middleware } from '../routes/table.ts'
import type { Project } from './project.ts'
import { pickExport } from './route-handler.ts'

/** Finds the middleware of a request: outermost folder first, ready to be run. */
export interface MiddlewareMatcher {
  /** `ignoresCase` where the router does. */
  listSteps(method: string, path: string, ignoresCase: boolean): ChainStep[]
  /**
   * The same for all URLs of one route, without looking at those again. Undefined where some URLs of the route lie below
   * a middleware and some do not.
   */
  forRoute(pattern: Pattern): ((method: string, path: string) => ChainStep[]) | undefined
}

type MatcherParts = Pick<Project, 'table' | 'modules' | 'onProblem'>

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
export function createMiddlewareMatcher(parts: MatcherParts): MiddlewareMatcher {
  const entries = parts.table.middlewares.map((middleware) => toEntry(parts, middleware))
  return {
    listSteps(method, path, ignoresCase) {
      const segments = toSegments(path)
      return entries.flatMap((entry) => toSteps(entry, method, { segments, ignoresCase }))
    },
    forRoute(pattern) {
      const covers = entries.map((entry) => isPrefixOf(entry.pattern, pattern))
      if (covers.includes('sometimes')) return undefined
      const own = entries.filter((_, i) => covers[i] === 'always')
      return own.every(isText) ? createTextLister(own) : createLister(own)
    }
  }
}

type RouteLister = ReturnType<MiddlewareMatcher['forRoute']>

function createLister(entries: readonly Entry[]): RouteLister {
  return function listRouteSteps(method, path) {
    const segments = toSegments(path)
    return entries.flatMap((entry) => toSteps(entry, method, { segments, ignoresCase: true }))
  }
}

/** Without parameters in the way, the steps are the same for every request of a method. */
function createTextLister(entries: readonly Entry[]): RouteLister {
  const byMethod = new Map<string, readonly Omit<ChainStep, 'params'>[]>()
  function toFixedSteps(method: string): readonly Omit<ChainStep, 'params'>[] {
    const steps = entries.flatMap((entry) => {
      const functionPath = toTextPath(entry)
      return listCalls(entry, method).map((call) => ({ call, functionPath }))
    })
    byMethod.set(method, steps)
    return steps
  }
  return function listFixedSteps(method, path) {
    const fixed = byMethod.get(method) ?? toFixedSteps(method)
    // A router that ignores case lets other spellings in, and the step sees the client's.
    return fixed.map(({ call, functionPath }) => ({
      call,
      functionPath: path.startsWith(functionPath) ? functionPath : path.slice(0, functionPath.length),
      params: {}
    }))
  }
}

/** Text that stands in a URL as it is. */
function isText({ pattern }: Entry): boolean {
  return pattern.every((segment) => segment.kind === 'text' && /^[\w.~-]*$/.test(segment.text))
}

function toTextPath({ pattern }: Entry): string {
  return `/${pattern.map((segment) => (segment.kind === 'text' ? segment.text : '')).join('/')}`
}

function toSegments(path: string): string[] {
  return path === '/' ? [] : path.slice(1).split('/')
}

function toEntry(parts: MatcherParts, middleware: Middleware): Entry {
  const byMethod = new Map<string, readonly ContextHandler[]>()
  for (const name of middleware.exportNames)
    byMethod.set(toMethod(name), readHandlers(parts, middleware, name))
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
function readHandlers(parts: MatcherParts, middleware: Middleware, name: string): readonly ContextHandler[] {
  const module = parts.modules.get(middleware.file)
  if (module?.kind === 'failed') return [createFault(module.error)]
  const handlers = module?.kind === 'loaded' ? toContextHandlers(pickExport(module.exports, name)) : undefined
  if (handlers) return handlers
  const fault = new TreewayError(
    'TREEWAY_EXPORT_INVALID',
    `"${name}" of ${middleware.file} must be a function or a list of functions.`
  )
  parts.onProblem(fault, middleware.file)
  return [createFault(fault)]
}

function createFault(error: TreewayError): ContextHandler {
  return function faultMiddleware() {
    throw error
  }
}

interface Path {
  readonly segments: readonly string[]
  readonly ignoresCase: boolean
}

function toSteps(entry: Entry, method: string, path: Path): ChainStep[] {
  const params = matchPrefix(entry.pattern, path)
  if (!params) return []
  const functionPath = `/${path.segments.slice(0, entry.pattern.length).join('/')}`
  return listCalls(entry, method).map((call) => ({ call, functionPath, params }))
}

function listCalls(entry: Entry, method: string): readonly ContextHandler[] {
  return [...entry.always, ...(entry.byMethod.get(method) ?? [])]
}

type Params = Record<string, string | string[]>

function matchPrefix(pattern: Pattern, path: Path): Params | undefined {
  const { segments } = path
  const params: Params = {}
  for (const [i, segment] of pattern.entries()) {
    if (segment.kind === 'rest' || segment.kind === 'optional-rest')
      return matchRest(segment, segments.slice(i), params)
    const text = segments[i]
    if (text === undefined || text === '') return undefined
    if (!matchSegment({ segment, text: toDecoded(text), ignoresCase: path.ignoresCase }, params))
      return undefined
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

interface SegmentText {
  readonly segment: Exclude<Segment, { kind: 'rest' | 'optional-rest' }>
  readonly text: string
  readonly ignoresCase: boolean
}

function matchSegment({ segment, text, ignoresCase }: SegmentText, params: Params): boolean {
  if (segment.kind === 'text')
    return segment.text === text || (ignoresCase && segment.text.toLowerCase() === text.toLowerCase())
  if (segment.kind === 'param') {
    params[segment.name] = text
    return true
  }
  const regex = toMixedRegex(segment.parts)
  const match = (ignoresCase ? new RegExp(regex.source, 'i') : regex).exec(text)
  if (!match) return false
  const names = segment.parts.flatMap((part) => (part.kind === 'param' ? [part.name] : []))
  for (const [i, name] of names.entries()) params[name] = match[i + 1] ?? ''
  return true
}

function toDecoded(text: string): string {
  return text.includes('%') ? decodeURIComponent(text) : text
}

type Cover = 'always' | 'never' | 'sometimes'

/** Which URLs of a route begin with a middleware's pattern. */
function isPrefixOf(prefix: Pattern, route: Pattern): Cover {
  let cover: Cover = 'always'
  for (const [i, segment] of prefix.entries()) {
    const own = compareSegments(segment, route[i])
    if (own === 'never') return 'never'
    if (own === 'sometimes') cover = 'sometimes'
    if (own === 'sometimes' && isRest(route[i])) return cover
  }
  return cover
}

function compareSegments(segment: Segment, own: Segment | undefined): Cover {
  if (own === undefined) return 'never'
  if (isRest(segment) || isRest(own)) return 'sometimes'
  if (segment.kind === 'param') return 'always'
  if (segment.kind === 'text' && own.kind === 'text') return segment.text === own.text ? 'always' : 'never'
  return 'sometimes'
}

function isRest(segment: Segment | undefined): boolean {
  return segment?.kind === 'rest' || segment?.kind === 'optional-rest'
}
