import type { IncomingMessage, ServerResponse } from 'node:http'
import { TreewayError } from '../errors.ts'
import type { Fault, TakenFault } from '../server/error-handler.ts'
import type { AppSlot } from './app-slot.ts'
import { ChangeStream } from './change-stream.ts'
import type { DevEvent } from './dev-event.ts'
import { describeFault } from './error-page/describe-fault.ts'
import { sendErrorPage, toErrorPage } from './error-page/answer-error-page.ts'
import { sendFailure } from './failure-answer.ts'
import { logRequest } from './log-request.ts'

export interface FrontDeskOptions {
  /** Absolute project directory. */
  readonly dir: string
  readonly slot: AppSlot
  readonly onEvent: (event: DevEvent) => void
  /** The handler file that a request goes to, if any. */
  readonly findFile: (method: string, url: string) => string | undefined
  /** Resolves when the build of the moment has ended. */
  readonly built: () => Promise<unknown>
  /** Each time a request is over. */
  readonly onEnd: () => void
}

/** What a request was when it came. */
interface Arrival {
  readonly url: string
  readonly version: string
}

/** Takes every request in: gives it to the app of the moment, or says why there is none. */
export class FrontDesk {
  readonly changes = new ChangeStream()
  /** Why the files as they are can not be served. */
  failure: unknown
  readonly #options: FrontDeskOptions
  readonly #arrivals = new WeakMap<IncomingMessage, Arrival>()

  constructor(options: FrontDeskOptions) {
    this.#options = options
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (this.changes.handle(request, response)) return
    const { slot, onEvent, findFile, built, onEnd } = this.#options
    this.#arrivals.set(request, { url: request.url ?? '/', version: this.changes.version })
    logRequest(request, response, (line) => {
      const file = findFile(line.method, line.url)
      onEvent({ kind: 'request', request: file === undefined ? line : { ...line, file } })
      onEnd()
    })
    if (this.#showFailure(request, response) || slot.handle(request, response)) return
    // The first build is still under way, or it failed.
    void built().then(() => {
      if (this.#showFailure(request, response) || slot.handle(request, response)) return
      sendFailure(response, this.failure)
    })
  }

  /** Tells of a fault of a handler, and shows it to a browser. */
  takeFault({ error, request, statusCode }: Fault, isLogged: boolean): TakenFault {
    const { dir, onEvent } = this.#options
    const { method } = request
    const { url, version } = this.#toArrival(request.raw)
    onEvent({ kind: 'fault', error, describe: () => describeFault(error, dir) })
    const page = toErrorPage({ error, request: request.raw, statusCode, method, url, dir, version })
    return { isTold: !isLogged, page }
  }

  /** A person is shown what they broke; programs go on with the last app that could be built. */
  #showFailure(request: IncomingMessage, response: ServerResponse): boolean {
    if (this.failure === undefined) return false
    const { method = 'GET' } = request
    const statusCode = this.failure instanceof TreewayError ? this.failure.statusCode : 500
    const arrival = this.#toArrival(request)
    const page = toErrorPage({
      error: this.failure,
      request,
      statusCode,
      method,
      ...arrival,
      dir: this.#options.dir
    })
    if (page) sendErrorPage(response, statusCode, page)
    return page !== undefined
  }

  #toArrival(request: IncomingMessage): Arrival {
    return this.#arrivals.get(request) ?? { url: request.url ?? '/', version: this.changes.version }
  }
}
