import type { Worker } from 'node:cluster'

/** A connection as Node's cluster sends it to a process. */
interface Connection {
  close(): void
}

/**
 * Node hands a connection to a process, and keeps it open until that process says that it has it. One that is killed before
 * never says so, and the client would wait for ever: what it had not yet taken goes to another process, or is closed where
 * there is none. Nothing of it has been read.
 *
 * @param hasOthers Whether another process takes connections.
 */
export function rescueConnections(server: Worker, hasOthers: () => boolean): void {
  const { process: child } = server
  const pending = new Map<number, Connection>()
  const send = child.send.bind(child) as (...args: unknown[]) => boolean
  child.send = function sendNoted(...args: unknown[]): boolean {
    const [message, connection] = args
    if (isHandOver(message) && isConnection(connection)) pending.set(message.seq, connection)
    return send(...args)
  }
  child.on('internalMessage', (message: unknown) => {
    if (isAnswer(message)) pending.delete(message.ack)
  })
  let isTold = false
  child.once('disconnect', () => (isTold = true))
  // Everything that it said has been read by then.
  child.once('close', () => {
    // Node does not say so while a connection is on its way, and would count on the process for ever.
    if (!isTold) child.emit('disconnect')
    for (const [ack, connection] of [...pending]) {
      if (hasOthers()) child.emit('internalMessage', { cmd: CLUSTER, ack, accepted: false })
      else connection.close()
    }
  })
}

/** What Node's cluster says to itself. Not documented; the same since Node 0.12. Where it changes, nothing is rescued. */
const CLUSTER = 'NODE_CLUSTER'

function isHandOver(message: unknown): message is { readonly seq: number } {
  return isClusterMessage(message) && message['act'] === 'newconn' && typeof message['seq'] === 'number'
}

function isAnswer(message: unknown): message is { readonly ack: number } {
  return isClusterMessage(message) && typeof message['ack'] === 'number'
}

function isClusterMessage(message: unknown): message is Readonly<Record<string, unknown>> {
  return typeof message === 'object' && message !== null && 'cmd' in message && message.cmd === CLUSTER
}

function isConnection(value: unknown): value is Connection {
  return typeof value === 'object' && value !== null && 'close' in value && typeof value.close === 'function'
}
