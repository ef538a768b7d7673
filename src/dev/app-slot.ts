import type { FastifyInstance } from 'fastify'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'

/** An app that serves, and the requests that are in it. */
interface Tenant {
  readonly app: FastifyInstance
  inFlight: number
  onEmpty: (() => void) | undefined
}

/** Plugins such as @fastify/websocket listen to these on the app's own server. */
const FORWARDED_EVENTS = ['upgrade', 'connect', 'checkContinue', 'checkExpectation', 'clientError'] as const
/** Node's own, which Fastify sets from its options. */
const SERVER_SETTINGS = [
  'keepAliveTimeout',
  'requestTimeout',
  'headersTimeout',
  'timeout',
  'maxRequestsPerSocket'
] as const

/** Hands requests to the app of the moment. An app that was replaced is closed when its last request has ended. */
export class AppSlot {
  #tenant: Tenant | undefined
  readonly #graceMs: number

  /** @param graceMs How long a replaced app may hold on to its requests. */
  constructor(graceMs: number) {
    this.#graceMs = graceMs
  }

  /** False where there is no app yet. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const tenant = this.#tenant
    if (tenant === undefined) return false
    tenant.inFlight++
    response.once('close', () => {
      tenant.inFlight--
      if (tenant.inFlight === 0) tenant.onEmpty?.()
    })
    // The event and not `app.routing`: whatever the app has put in front of its router counts too.
    tenant.app.server.emit('request', request, response)
    return true
  }

  /** Puts the app in place for all requests from now on. Resolves when the one before is closed. */
  async replace(app: FastifyInstance | undefined, server: Server): Promise<void> {
    const before = this.#tenant
    this.#tenant = app && { app, inFlight: 0, onEmpty: undefined }
    if (app) adopt(app, server)
    if (before === undefined) return
    await this.#drain(before)
    await before.app.close()
  }

  async #drain(tenant: Tenant): Promise<void> {
    if (tenant.inFlight === 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#graceMs)
      tenant.onEmpty = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** Makes the stable server behave as the app's own would. */
function adopt(app: FastifyInstance, server: Server): void {
  for (const name of SERVER_SETTINGS) server[name] = app.server[name] ?? 0
  for (const event of FORWARDED_EVENTS) {
    server.removeAllListeners(event)
    // Only where somebody listens: with a listener Node no longer does what it does by itself.
    if (app.server.listenerCount(event) > 0)
      server.on(event, (...args: unknown[]) => app.server.emit(event, ...args))
  }
}
