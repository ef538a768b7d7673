import type { FastifyRequest } from 'fastify'
import type { Pattern } from '../routes/pattern.ts'
import { runChain } from './context-chain.ts'
import type { EventContext } from './context-chain.ts'
import { createLightRequest } from './light-request.ts'
import { sendResponse } from './send-response.ts'
import { isPromise, toExportError } from './style.ts'
import type { HandlerTarget, Style } from './style.ts'
import { MAX_WEB_BODY_BYTES } from './web.ts'
import { toPathname } from '../routes/request-path.ts'

type ContextHandler = (context: EventContext) => unknown

/** Cloudflare Pages': `onRequest(context)`, one function or a list that `next()` walks down, then the static files. */
export const contextStyle: Style = {
  name: 'context',
  bodyMode: 'stream',
  createHandler(target) {
    const { route, services } = target
    const calls = toHandlers(target)
    const toParams = createParamsReader(route.pattern)
    const env = createContextEnv(services)
    const fallback = services.fetchAsset.bind(services)
    const waitUntil = services.waitUntil.bind(services)
    const maxBodyBytes = route.functionOptions.maxBodyBytes ?? MAX_WEB_BODY_BYTES
    return function contextRoute(request, reply) {
      const params = toParams(request)
      const functionPath = toPathname(request.url)
      const steps = calls.map((call) => ({ call, functionPath, params }))
      const answer = runChain({ steps, env, waitUntil, fallback }, createLightRequest(request, reply, maxBodyBytes))
      if (!isPromise(answer)) return sendResponse(reply, answer)
      return answer.then((response) => sendResponse(reply, response))
    }
  }
}

/** `env` of a context: the configuration's values, and the static files as `ASSETS`. */
export function createContextEnv(services: HandlerTarget['services']): Readonly<Record<string, unknown>> {
  const ASSETS = {
    fetch: (input: RequestInfo | URL, init?: RequestInit): Promise<Response> =>
      services.fetchAsset(input instanceof Request && init === undefined ? input : new Request(input, init))
  }
  return { ...services.env, ASSETS }
}

export function toHandlers(target: HandlerTarget): readonly ContextHandler[] {
  const list: readonly unknown[] = Array.isArray(target.value) ? target.value : [target.value]
  if (list.every((entry) => typeof entry === 'function')) return list as readonly ContextHandler[]
  throw toExportError(target, 'a function or a list of functions')
}

type ContextParams = Readonly<Record<string, string | string[]>>

/** Parameters as Pages gives them: a rest is a list of its segments, `%2F` staying inside its segment. */
function createParamsReader(pattern: Pattern): (request: FastifyRequest) => ContextParams {
  const rest = pattern.at(-1)
  if (rest?.kind !== 'rest' && rest?.kind !== 'optional-rest') return (request) => request.params as ContextParams
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
