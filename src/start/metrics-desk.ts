import type { Worker } from 'node:cluster'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { mergeSnapshots, toEndedSnapshot } from '../metrics/metrics-snapshot.ts'
import type { MetricsSnapshot, ServerStats } from '../metrics/metrics-snapshot.ts'
import { isMetricsAsk, isMetricsMessage } from './server-message.ts'
import type { MetricsCollectMessage, MetricsMessage } from './server-message.ts'
import { LAST_METRICS_FD } from './share-metrics.ts'

/** A process that is too busy to say what it counts is taken at its last word. */
const REPORT_TIMEOUT_MS = 1000

interface Source {
  last: MetricsSnapshot | undefined
  readonly waiting: Map<number, () => void>
}

/**
 * The supervisor's side of metrics: adds up what all server processes count, those that have ended included, so that no
 * sum ever falls.
 */
export class MetricsDesk {
  readonly #sources = new Map<Worker, Source>()
  readonly #readServers: () => ServerStats
  #ended: MetricsSnapshot | undefined
  #lastId = 0

  constructor(readServers: () => ServerStats) {
    this.#readServers = readServers
  }

  /** Listens to a server process until it ends. */
  add(server: Worker): void {
    const source: Source = { last: undefined, waiting: new Map() }
    this.#sources.set(server, source)
    server.on('message', (message: unknown) => {
      if (isMetricsAsk(message)) void this.#answer(server, message.id)
      else if (isMetricsMessage(message)) {
        source.last = message.snapshot
        source.waiting.get(message.id)?.()
      }
    })
    const lastWords = readLastWords(server)
    server.process.once('exit', () => void lastWords.then((last) => this.#remove(server, last)))
  }

  async #answer(server: Worker, id: number): Promise<void> {
    const snapshot = await this.#collect()
    const message: MetricsMessage = { kind: 'treeway-metrics', id, snapshot }
    if (server.isConnected()) server.send(message)
  }

  async #collect(): Promise<MetricsSnapshot> {
    const id = ++this.#lastId
    await Promise.all([...this.#sources].map(([server, source]) => this.#ask(server, source, id)))
    const living = [...this.#sources.values()].flatMap(({ last }) => last ?? [])
    return { ...mergeSnapshots([...living, ...this.#listEnded()]), servers: this.#readServers() }
  }

  async #ask(server: Worker, { waiting }: Source, id: number): Promise<void> {
    if (!server.isConnected()) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, REPORT_TIMEOUT_MS)
      const finish = (): void => (clearTimeout(timer), resolve())
      waiting.set(id, finish)
      server.process.once('exit', finish)
      const message: MetricsCollectMessage = { kind: 'treeway-metrics-collect', id }
      server.send(message)
    })
    waiting.delete(id)
  }

  #remove(server: Worker, lastWords: MetricsSnapshot | undefined): void {
    const last = lastWords ?? this.#sources.get(server)?.last
    this.#sources.delete(server)
    if (last !== undefined) this.#ended = toEndedSnapshot(mergeSnapshots([last, ...this.#listEnded()]))
  }

  #listEnded(): readonly MetricsSnapshot[] {
    return this.#ended === undefined ? [] : [this.#ended]
  }
}

/** What a process wrote before it ended in order; undefined for one that was killed, or counts nothing. */
async function readLastWords(server: Worker): Promise<MetricsSnapshot | undefined> {
  const pipe = server.process.stdio[LAST_METRICS_FD]
  if (!(pipe instanceof Readable)) return undefined
  try {
    // It is our own program that writes it.
    return JSON.parse(await text(pipe)) as MetricsSnapshot
  } catch {
    return undefined
  }
}
