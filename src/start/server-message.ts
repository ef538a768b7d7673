/** From a server process to its supervisor: it takes requests now. */
export interface ReadyMessage {
  readonly kind: 'treeway-ready'
  readonly url: string
}

/** From the supervisor: end what is in flight, then end. */
export interface DrainMessage {
  readonly kind: 'treeway-drain'
  /** How long idle connections may stay before they are cut. */
  readonly lingerMs: number
}

export function isReadyMessage(message: unknown): message is ReadyMessage {
  return hasKind(message, 'treeway-ready')
}

export function isDrainMessage(message: unknown): message is DrainMessage {
  return hasKind(message, 'treeway-drain')
}

function hasKind(message: unknown, kind: string): boolean {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === kind
}
