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
  return new ChainRun(chain, requests).start()
}

class ChainRun {
  readonly #chain: Chain
  readonly #data: SharedData
  #requests: ChainRequests
  #index = 0
  #passesThrough = false

  constructor(chain: Chain, requests: ChainRequests) {
    this.#chain = chain
    this.#requests = requests
    this.#data = chain.data ?? { value: {} }
  }

  start(): Response | Promise<Response> {
    try {
      const answer = this.#advance()
      return isPromise(answer) ? answer.then(undefined, (error: unknown) => this.#rescue(error)) : answer
    } catch (error) {
      return this.#rescue(error)
    }
  }

  /** `passThroughOnException`: the static files answer in place of a chain that threw. */
  #rescue(error: unknown): Promise<Response> {
    return this.#passesThrough ? this.#chain.fallback(this.#requests) : Promise.reject(error)
  }

  #advance(): Response | Promise<Response> {
    const step = this.#chain.steps[this.#index++]
    if (step === undefined) return this.#chain.fallback(this.#requests)
    const context = this.#toContext(step)
    const result = step.call(context)
    return isPromise(result)
      ? result.then((value) => this.#leave(context, value))
      : this.#leave(context, result)
  }

  /** A plain object without accessors: those would cost twenty times as much, for every request. */
  #toContext(step: ChainStep): EventContext {
    const { env, waitUntil } = this.#chain
    const context: EventContext = {
      request: this.#requests.toStep(),
      functionPath: step.functionPath,
      next: (input, init) => {
        try {
          return this.#next(context, input, init)
        } catch (error) {
          return Promise.reject(error)
        }
      },
      params: step.params,
      data: this.#data.value,
      env,
      waitUntil,
      passThroughOnException: () => {
        this.#passesThrough = true
      }
    }
    return context
  }

  // oxlint-disable-next-line max-params
  #next(context: EventContext, input?: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    this.#keepData(context)
    // A step that hands on the very request it got changes nothing.
    if (input !== undefined && (input !== context.request || init !== undefined)) {
      this.#requests = toNextRequests(context.request, input, init)
    }
    const answer = this.#advance()
    return isPromise(answer)
      ? answer.then((response) => this.#return(context, response))
      : Promise.resolve(this.#return(context, answer))
  }

  /** Back in the step that called `next()`: it sees the data that later steps left. */
  #return(context: EventContext, response: Response): Response {
    context.data = this.#data.value
    return toMutableResponse(response)
  }

  #leave(context: EventContext, value: unknown): Response {
    this.#keepData(context)
    if (value instanceof Response) return value
    throw toNoResponseError(value)
  }

  #keepData({ data }: EventContext): void {
    if (data === this.#data.value) return
    if (typeof data !== 'object' || data === null) {
      throw new TreewayError(
        'TREEWAY_ANSWER_INVALID',
        `context.data must be an object; received ${typeof data}.`
      )
    }
    this.#data.value = data
  }
}
