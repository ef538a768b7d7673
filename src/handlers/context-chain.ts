import { TreewayError } from '../errors.ts'
import { toMutableResponse } from './light-response.ts'
import { toNoResponseError } from './send-response.ts'
import { isPromise } from './style.ts'

/** One function of a chain: a middleware's, or a handler's. */
export interface ChainStep {
  readonly call: (context: EventContext) => unknown
  readonly functionPath: string
  readonly params: Readonly<Record<string, string | string[]>>
}

/** What a handler of the context style gets: exactly Pages' keys. */
export interface EventContext {
  readonly request: Request
  /** The matched path; for a middleware, the path of its folder. */
  readonly functionPath: string
  readonly next: (input?: RequestInfo | URL, init?: RequestInit) => Promise<Response>
  /** A rest parameter is a list, and absent when nothing matched. */
  readonly params: Readonly<Record<string, string | string[]>>
  /** Shared along the chain; assigning an object replaces it. */
  data: Record<string, unknown>
  readonly env: Readonly<Record<string, unknown>>
  readonly waitUntil: (work: Promise<unknown>) => void
  readonly passThroughOnException: () => void
}

export interface Chain {
  readonly steps: readonly ChainStep[]
  readonly env: Readonly<Record<string, unknown>>
  readonly waitUntil: (work: Promise<unknown>) => void
  /** Answers when the last step called `next()`: the static files, or what a middleware wraps. */
  readonly fallback: (request: Request) => Promise<Response>
  /** `context.data`, where an outer chain shares its own. Default: empty. */
  readonly data?: SharedData
}

/** Held in an object, because a step may replace the whole value. */
export interface SharedData {
  value: Record<string, unknown>
}

/**
 * Runs a chain from its first step. Each `next()` goes one step further, also when one step calls it twice; a Request
 * or URL given to it is what later steps and the fallback see, and never changes which steps those are.
 */
export function runChain(chain: Chain, request: Request): Response | Promise<Response> {
  const run = createRun(chain, request)
  const answer = attempt(() => run.advance())
  if (!run.passesThrough && !isPromise(answer)) return answer
  return Promise.resolve(answer).catch((error: unknown) => {
    if (run.passesThrough) return chain.fallback(run.request)
    throw error
  })
}

interface Run {
  request: Request
  passesThrough: boolean
  advance(): Response | Promise<Response>
}

function createRun(chain: Chain, request: Request): Run {
  let index = 0
  const data: SharedData = chain.data ?? { value: {} }
  const run: Run = {
    request,
    passesThrough: false,
    advance() {
      const step = chain.steps[index++]
      if (step === undefined) return chain.fallback(run.request)
      const result = step.call(toContext(step))
      return isPromise(result) ? result.then(toChecked) : toChecked(result)
    }
  }

  /** Each handler may read the body, so each but the last gets a copy of its own. */
  function toOwnRequest(): Request {
    const isLast = index >= chain.steps.length
    return isLast || run.request.body === null || run.request.bodyUsed ? run.request : run.request.clone()
  }

  function toContext(step: ChainStep): EventContext {
    return {
      request: chain.steps.length > 1 ? toOwnRequest() : run.request,
      functionPath: step.functionPath,
      params: step.params,
      env: chain.env,
      get data() {
        return data.value
      },
      set data(value) {
        data.value = toData(value)
      },
      next: async function next(input, init) {
        if (input !== undefined) run.request = toNextRequest(run.request, input, init)
        return toMutableResponse(await run.advance())
      },
      waitUntil: chain.waitUntil,
      passThroughOnException() {
        run.passesThrough = true
      }
    }
  }

  return run
}

/** A synchronous throw becomes a rejection, so that both ways to fail are handled in one place. */
function attempt(advance: () => Response | Promise<Response>): Response | Promise<Response> {
  try {
    return advance()
  } catch (error) {
    return Promise.reject(error)
  }
}

function toChecked(value: unknown): Response {
  if (value instanceof Response) return value
  throw toNoResponseError(value)
}

function toData(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  throw new TreewayError('TREEWAY_ANSWER_INVALID', `context.data must be an object; received ${typeof value}.`)
}

/** As on Pages: a URL starts a fresh GET, and only a Request carries method, headers and body along. */
function toNextRequest(current: Request, input: RequestInfo | URL, init: RequestInit | undefined): Request {
  if (input instanceof Request) return init === undefined ? input : new Request(toNative(input), init)
  return new Request(new URL(input, current.url), init)
}

function toNative(request: Request): Request {
  return '_request' in request ? (request as unknown as { _request: Request })._request : request
}
