import { TreewayError } from '../errors.ts'
import { toNextRequests } from './chain-request.ts'
import type { ChainRequests } from './chain-request.ts'
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
  readonly fallback: (requests: ChainRequests) => Promise<Response>
  /** `context.data`, where an outer chain shares its own. Default: empty. */
  readonly data?: SharedData | undefined
}

/** Held in an object, because a step may replace the whole value. */
export interface SharedData {
  value: Record<string, unknown>
}

/**
 * Runs a chain from its first step. Each `next()` goes one step further, also when one step calls it twice; a Request
 * or URL given to it is what later steps and the fallback see, and never changes which steps those are.
 */
export function runChain(chain: Chain, requests: ChainRequests): Response | Promise<Response> {
  const run: Run = { chain, requests, data: chain.data ?? { value: {} }, index: 0, passesThrough: false }
  try {
    const answer = advance(run)
    return isPromise(answer) ? answer.then(undefined, (error: unknown) => rescue(run, error)) : answer
  } catch (error) {
    return rescue(run, error)
  }
}

/** How far a chain is. */
interface Run {
  readonly chain: Chain
  readonly data: SharedData
  requests: ChainRequests
  index: number
  passesThrough: boolean
}

/** `passThroughOnException`: the static files answer in place of a chain that threw. */
function rescue({ chain, requests, passesThrough }: Run, error: unknown): Promise<Response> {
  return passesThrough ? chain.fallback(requests) : Promise.reject(error)
}

function advance(run: Run): Response | Promise<Response> {
  const step = run.chain.steps[run.index++]
  if (step === undefined) return run.chain.fallback(run.requests)
  const context = createContext(run, step)
  const result = step.call(context)
  return isPromise(result) ? result.then((value) => leave(run, context, value)) : leave(run, context, result)
}

/** A plain object without accessors: those would cost twenty times as much, for every request. */
function createContext(run: Run, { functionPath, params }: ChainStep): EventContext {
  const { env, waitUntil } = run.chain
  const context: EventContext = {
    request: run.requests.toStep(),
    functionPath,
    next: (input, init) => {
      try {
        return goOn(run, context, toNext(context, input, init))
      } catch (error) {
        return Promise.reject(error)
      }
    },
    params,
    data: run.data.value,
    env,
    waitUntil,
    passThroughOnException: () => {
      run.passesThrough = true
    }
  }
  return context
}

/** What `next()` was given; undefined where that changes nothing, as the very request a step got. */
function toNext(
  { request }: EventContext,
  input: RequestInfo | URL | undefined,
  init: RequestInit | undefined
): ChainRequests | undefined {
  if (input === undefined || (input === request && init === undefined)) return undefined
  return toNextRequests(request, input, init)
}

function goOn(run: Run, context: EventContext, requests: ChainRequests | undefined): Promise<Response> {
  keepData(run, context)
  if (requests) run.requests = requests
  const answer = advance(run)
  return isPromise(answer)
    ? answer.then((response) => comeBack(run, context, response))
    : Promise.resolve(comeBack(run, context, answer))
}

/** Back in the step that called `next()`: it sees the data that later steps left. */
function comeBack(run: Run, context: EventContext, response: Response): Response {
  context.data = run.data.value
  return toMutableResponse(response)
}

function leave(run: Run, context: EventContext, value: unknown): Response {
  keepData(run, context)
  if (value instanceof Response) return value
  throw toNoResponseError(value)
}

function keepData({ data: shared }: Run, { data }: EventContext): void {
  if (data === shared.value) return
  if (typeof data !== 'object' || data === null) {
    throw new TreewayError(
      'TREEWAY_ANSWER_INVALID',
      `context.data must be an object; received ${typeof data}.`
    )
  }
  shared.value = data
}
