import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { TreewayError } from '../errors.ts'
import { isLocalRequest } from '../openapi/local-only.ts'
import { sendFailure } from './failure-answer.ts'

/** Tells pages of errors that the code has changed: server-sent events, for this machine alone. */
export const CHANGES_PATH = '/_treeway/dev/changes'

/** Which code is served, as the pages of errors know it, and whoever waits for other code. */
export class ChangeStream {
  /** Another process has another one: a page that outlived its server is told. */
  readonly #run = randomBytes(6).toString('hex')
  readonly #listeners = new Set<ServerResponse>()
  #count = 0

  get version(): string {
    return `${this.#run}-${this.#count}`
  }

  /** From now on other code answers. */
  change(): void {
    this.#count++
    for (const response of this.#listeners) this.#tell(response)
  }

  /** False where the request is not for this. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.url?.split('?', 1)[0] !== CHANGES_PATH) return false
    if (isLocalRequest(request)) this.#listen(response)
    else
      sendFailure(
        response,
        new TreewayError('TREEWAY_LOCAL_ONLY', 'This stream answers only the machine that it runs on.')
      )
    return true
  }

  stop(): void {
    for (const response of this.#listeners) response.end()
  }

  #listen(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    this.#listeners.add(response)
    response.once('close', () => this.#listeners.delete(response))
    this.#tell(response)
  }

  #tell(response: ServerResponse): void {
    response.write(`data: ${this.version}\n\n`)
  }
}
