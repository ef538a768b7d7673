import { once } from 'node:events'
import { Socket } from 'node:net'
import type { MetricsSnapshot } from '../metrics/metrics-snapshot.ts'
import type { ShareMetrics } from '../metrics/register-metrics.ts'
import { isMetricsCollect, isMetricsMessage } from './server-message.ts'
import type { MetricsAskMessage, MetricsMessage } from './server-message.ts'

/** The descriptor on which a server process leaves its last numbers: its message channel is closed before it has drained. */
export const LAST_METRICS_FD = 4

export interface MetricsSharing {
  readonly share: ShareMetrics
  /** Tells the supervisor what was counted up to the end. */
  tellLast(): Promise<void>
}

const ANSWER_TIMEOUT_MS = 5000

/** The server process' side: any of them may be asked for the metrics of all. */
export function createMetricsSharing(): MetricsSharing {
  let readOwn: (() => MetricsSnapshot) | undefined
  return {
    share(read) {
      readOwn = read
      process.on('message', (message) => {
        if (!isMetricsCollect(message)) return
        send({ kind: 'treeway-metrics', id: message.id, snapshot: read() })
      })
      return createAsker()
    },
    async tellLast() {
      if (readOwn === undefined) return
      const pipe = new Socket({ fd: LAST_METRICS_FD, readable: false, writable: true })
      pipe.end(JSON.stringify(readOwn()))
      await once(pipe, 'finish')
    }
  }
}

function createAsker(): () => Promise<MetricsSnapshot> {
  const waiting = new Map<number, (snapshot: MetricsSnapshot) => void>()
  let lastId = 0
  process.on('message', (message) => {
    if (isMetricsMessage(message)) waiting.get(message.id)?.(message.snapshot)
  })
  return async function readAll() {
    const id = ++lastId
    try {
      return await new Promise<MetricsSnapshot>((resolve, reject) => {
        const late = (): void => reject(new Error('The supervisor did not answer.'))
        const timer = setTimeout(late, ANSWER_TIMEOUT_MS)
        waiting.set(id, (snapshot) => {
          clearTimeout(timer)
          resolve(snapshot)
        })
        send({ kind: 'treeway-metrics-ask', id })
      })
    } finally {
      waiting.delete(id)
    }
  }
}

/** A process that drains has no channel any more; nobody waits for its answer then. */
function send(message: MetricsAskMessage | MetricsMessage): void {
  if (process.connected) process.send?.(message)
}
