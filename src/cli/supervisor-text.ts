import type { RunEvent } from '../start/run-supervisor.ts'
import { unreachable } from '../errors.ts'

/** What the supervisor of `start` has to say, a line each. */
export function toSupervisorText(event: RunEvent): string | undefined {
  switch (event.kind) {
    case 'ready':
      return event.count > 1 ? `  Processes ${event.count}\n` : undefined
    case 'died':
      return `server process ${event.pid} ended (${event.reason}); a new one starts in ${event.delayMs} ms`
    case 'reloading':
      return 'SIGHUP: replacing the server processes one by one'
    case 'reloaded':
      return 'all server processes are new'
    case 'reload-failed':
      return `the reload stopped: ${event.reason}; the other processes still serve`
    case 'pid-file-failed':
      return `treeway reload will not find this server: its PID file could not be written (${event.reason})`
    case 'notify-failed':
      return `systemd is not told how the server is: ${event.reason}`
    case 'stopping':
      return `${event.signal}: stopping`
    default:
      return unreachable(event)
  }
}
