import { spawnSync } from 'node:child_process'
import { cpus, loadavg, release, totalmem, type } from 'node:os'

/** The command, held on one core where the system can do that and has two. */
export function toPinned(core, command) {
  return canPin() ? ['taskset', '-c', String(core), ...command] : command
}

/** Moves this process to `core`: the load generator runs beside the server, not on it. */
export function pinSelf(core) {
  if (canPin()) spawnSync('taskset', ['-a', '-cp', String(core), String(process.pid)])
}

let isPossible

function canPin() {
  isPossible ??= cpus().length > 1 && spawnSync('taskset', ['-c', '0', 'true']).status === 0
  return isPossible
}

/** What a reader needs to judge the figures. */
export function describeMachine() {
  const [cpu] = cpus()
  return [
    `${cpus().length} x ${cpu?.model ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB`,
    `${type()} ${release().split('-')[0]}, Node ${process.version}`,
    canPin() ? 'server on core 0, load on core 1' : 'server and load not pinned to cores',
    `load average at the start ${loadavg()[0].toFixed(1)}`
  ].join('; ')
}
