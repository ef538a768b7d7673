import type { MetricsSnapshot } from '../metrics/metrics-snapshot.ts'

/** From a server process to its supervisor: it takes requests now. */
export interface ReadyMessage {
  readonly kind: 'treeway-ready'
  readonly url: string
}

/** From a server process, again and again: its event loop turns. */
export interface AliveMessage {
  readonly kind: 'treeway-alive'
  /** A debugger may halt it: what is silent after that does not hang. */
  readonly isInspected: boolean
}

/** From the supervisor: end what is in flight, then end. */
export interface DrainMessage {
  readonly kind: 'treeway-drain'
  /** How long idle connections may stay before they are cut. */
  readonly lingerMs: number
}

/** From a server process that is asked for metrics: what do all of you count? */
export interface MetricsAskMessage {
  readonly kind: 'treeway-metrics-ask'
  readonly id: number
}

/** From the supervisor: what do you count? */
export interface MetricsCollectMessage {
  readonly kind: 'treeway-metrics-collect'
  readonly id: number
}

/** The answer to either. */
export interface MetricsMessage {
  readonly kind: 'treeway-metrics'
  /** Of the question. */
  readonly id: number
  readonly snapshot: MetricsSnapshot
}

export function isReadyMessage(message: unknown): message is ReadyMessage {
  return hasKind(message, 'treeway-ready')
}

export function isAliveMessage(message: unknown): message is AliveMessage {
  return hasKind(message, 'treeway-alive')
}

export function isDrainMessage(message: unknown): message is DrainMessage {
  return hasKind(message, 'treeway-drain')
}

export function isMetricsAsk(message: unknown): message is MetricsAskMessage {
  return hasKind(message, 'treeway-metrics-ask')
}

export function isMetricsCollect(message: unknown): message is MetricsCollectMessage {
  return hasKind(message, 'treeway-metrics-collect')
}

export function isMetricsMessage(message: unknown): message is MetricsMessage {
  return hasKind(message, 'treeway-metrics')
}

function hasKind(message: unknown, kind: string): boolean {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === kind
}
