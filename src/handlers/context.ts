import type { FastifyRequest } from 'fastify'
import type { Pattern } from '../routes/pattern.ts'
import { createChainRequests } from './chain-request.ts'
import type { ChainRequests } from './chain-request.ts'
import { runChain } from './context-chain.ts'
import type { EventContext, SharedData } from './context-chain.ts'
import { toNativeInit, toNativeInput } from './light-request.ts'
import { applyResponse } from './send-response.ts'
import { sharedBody } from './shared-body.ts'
import { isPromise, toExportError } from './style.ts'
import type { HandlerTarget, Style } from './style.ts'
import { MAX_WEB_BODY_BYTES } from './web.ts'
import { toPathname } from '../routes/request-path.ts'

export type ContextHandler = (context: EventContext) => unknown

/** `context.data` of the middleware around a request, for the handler inside. */
export const sharedData = Symbol('treeway.sharedData')

declare module 'fastify' {
  interface FastifyRequest {
    [sharedData]?: SharedData
  }
}

/** Cloudflare Pages': `onRequest(context)`, one function or a list that `next()` walks down, then the static files. */
export const contextStyle: Style = {
  name: 'context',
  bodyMode: 'stream',
  createHandler(target) {
    const { route, services, around } = target
    const calls = toHandlers(target)
    const only = calls.length === 1 ? calls[0] : undefined
    const toParams = createParamsReader(route.pattern)
    // fn.env.json of the handler's own folder; what the configuration gives the whole tree yields to it.
    const env = { ...createContextEnv(services), ...route.env }
    const { fetchAsset } = services
    const fallback = ({ toStep }: ChainRequests): Promise<Response> => fetchAsset(toStep())
    const waitUntil = services.waitUntil.bind(services)
    const maxBodyBytes = route.functionOptions.maxBodyBytes ?? MAX_WEB_BODY_BYTES
    return function contextRoute(request, reply) {
      const params = toParams(request)
      const functionPath = toPathname(request.url)
      const own = only
        ? [{ call: only, functionPath, params }]
        : calls.map((call) => ({ call, functionPath, params }))
      const outer = around?.(request)
      const steps = outer === undefined ? own : [...outer, ...own]
      const isAlone = steps.length === 1 && request[sharedBody] === undefined
      const requests = createChainRequests(request, reply, { maxBodyBytes, isAlone })
      const answer = runChain({ steps, env, waitUntil, fallback, data: request[sharedData] }, requests)
      if (!isPromise(answer)) return applyResponse(reply, answer)
      return answer.then((response) => applyResponse(reply, response))
    }
  }
}

/** `env` of a context: the configuration's values, and the static files as `ASSETS`. */
export function createContextEnv(services: HandlerTarget['services']): Readonly<Record<string, unknown>> {
  const ASSETS = {
    fetch: (input: RequestInfo | URL, init?: RequestInit): Promise<Response> =>
      services.fetchAsset(
        input instanceof Request && init === undefined
          ? input
          : new Request(toNativeInput(input), toNativeInit(input, init))
      )
  }
  return { ...services.env, ASSETS }
}

function toHandlers(target: HandlerTarget): readonly ContextHandler[] {
  const handlers = toContextHandlers(target.value)
  if (handlers) return handlers
  throw toExportError(target, 'a function or a list of functions')
}

/** One function or a list of them; undefined for anything else. */
export function toContextHandlers(value: unknown): readonly ContextHandler[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.every((entry) => typeof entry === 'function') ? (list as readonly ContextHandler[]) : undefined
}

type ContextParams = Readonly<Record<string, string | string[]>>

/** Parameters as Pages gives them: a rest is a list of its segments, `%2F` staying inside its segment. */
function createParamsReader(pattern: Pattern): (request: FastifyRequest) => ContextParams {
  const rest = pattern.at(-1)
  if (rest?.kind !== 'rest' && rest?.kind !== 'optional-rest')
    return (request) => request.params as ContextParams
  const { name } = rest
  const skipped = pattern.length - 1
  return function readParams(request) {
    const { [name]: value, ...others } = request.params as Record<string, string>
    if (value === undefined) return others
    return { ...others, [name]: toRestSegments(toPathname(request.url), skipped) }
  }
}

function toRestSegments(path: string, skipped: number): string[] {
  const segments = path.split('/').slice(1 + skipped)
  if (segments.at(-1) === '') segments.pop()
  return segments.map((segment) => decodeURIComponent(segment))
}
