import type { Server } from 'node:http'
import { TreewayError } from '../errors.ts'
import { toListenError } from '../server/listen-error.ts'
import { listen } from './create-listener.ts'
import type { Address } from './create-listener.ts'

const TRIES = 20

export interface FreePortOptions extends Address {
  /** Only this port will do. */
  readonly isStrict: boolean
  readonly onTaken: (port: number, nextPort: number) => void
}

/** Listens on the port, or on the next one that is free. Resolves with the port that it became. */
export async function listenOnFreePort(server: Server, options: FreePortOptions): Promise<number> {
  const { host, port, isStrict, onTaken } = options
  const last = Math.min(port + TRIES, 65_535)
  for (let candidate = port; ; candidate++) {
    try {
      return await listen(server, { host, port: candidate })
    } catch (cause) {
      const error = toListenError(cause, { host, port: candidate })
      if (!isPortTaken(error) || isStrict || port === 0) throw error
      if (candidate >= last) throw toRangeError(port, last, cause)
      onTaken(candidate, candidate + 1)
    }
  }
}

function isPortTaken(error: unknown): boolean {
  return error instanceof TreewayError && error.code === 'TREEWAY_PORT_TAKEN'
}

function toRangeError(port: number, last: number, cause: unknown): TreewayError {
  return new TreewayError('TREEWAY_PORT_TAKEN', `All ports from ${port} to ${last} are taken.`, { cause })
}
