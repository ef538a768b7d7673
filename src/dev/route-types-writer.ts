import { setTimeout as wait } from 'node:timers/promises'
import type { AppFacts } from '../app.ts'
import type { Config } from '../config/config.ts'
import { writeRouteTypes } from '../openapi/write-route-types.ts'

/** Long enough that a burst of saves is over, and whoever waits for a page has it. */
const QUIET_MS = 400
/** It is work for each route, and nothing is answered meanwhile: a big tree waits longer for a quiet moment. */
const QUIET_MS_PER_ROUTE = 0.5
/** Between steps of a few hundred milliseconds with 10,000 routes: a save has its turn there, and waits for one at most. */
const PAUSE_MS = 200

/** Writes the types of the routes for editors. Nobody waits for them, so they wait until nothing is being built. */
export class RouteTypesWriter {
  #timer: NodeJS.Timeout | undefined
  #cancelling = new AbortController()

  /** Of the app that serves from now on. A folder that can not be written to is no reason not to serve. */
  schedule({ openapi, table }: AppFacts, config: Pick<Config, 'dir' | 'stateDir'>): void {
    if (!openapi) return
    const { signal } = this.#cancelling
    const pause = (): Promise<void> => wait(PAUSE_MS, undefined, { signal })
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        void writeRouteTypes(openapi, config, pause).catch(() => undefined)
      },
      QUIET_MS + table.routes.length * QUIET_MS_PER_ROUTE
    )
  }

  /** Something is being saved: the next save may be near. */
  postpone(): void {
    this.#timer?.refresh()
  }

  /** Another app is coming, with types of its own. */
  cancel(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#cancelling.abort()
    this.#cancelling = new AbortController()
  }
}
