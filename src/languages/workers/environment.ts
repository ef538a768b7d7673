import type { Environment } from '../../config/config.ts'
import { ProcessEnvironment } from '../../config/environment.ts'

const PASSED_ON = ['PATH', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR']

/** What a worker process starts with: docs/worker-protocol.md, "Environment". Nothing else of the host's. */
export function toWorkerEnv(hostEnv: Environment, added: Environment = {}): Record<string, string> {
  const names = [...PASSED_ON, ...Object.keys(hostEnv).filter((name) => name.startsWith('LC_'))]
  const kept = names.map((name) => [name, hostEnv[name]] as const)
  const all = [...kept, ...Object.entries(added)]
  return Object.fromEntries(all.filter((pair): pair is [string, string] => pair[1] !== undefined))
}

/** The environment of this process, where the caller gave none. */
export function readHostEnv(): Environment {
  return new ProcessEnvironment().read()
}
