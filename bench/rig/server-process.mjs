import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { toPinned } from './machine.mjs'

/** A server of bench/servers in a process of its own. While it is not measured it is stopped (SIGSTOP). */
export class ServerProcess {
  #child

  /** @param {{ name: string, file: string, args?: string[], nodeArgs?: string[], core?: number }} options */
  constructor({ name, file, args = [], nodeArgs = [], core = 0 }) {
    this.name = name
    const script = fileURLToPath(new URL(`../servers/${file}`, import.meta.url))
    const [command, ...rest] = toPinned(core, [process.execPath, ...nodeArgs, script, ...args])
    this.#child = spawn(command, rest, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_ENV: 'production' }
    })
  }

  async start() {
    const [message] = await Promise.race([
      once(this.#child, 'message'),
      once(this.#child, 'exit').then(([code]) => Promise.reject(new Error(`${this.name} ended with ${code}`)))
    ])
    this.port = message.port
    return this
  }

  pause() {
    this.#child.kill('SIGSTOP')
  }

  resume() {
    this.#child.kill('SIGCONT')
  }

  /** CPU time of all its threads, in microseconds; 0 where there is no /proc. */
  readCpuUs() {
    return readCpuUs(this.#child.pid)
  }

  async stop() {
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGCONT')
    this.#child.kill('SIGTERM')
    await exit
  }
}

/** schedstat counts nanoseconds; stat, where a kernel has only that, ticks of 10 ms. */
function readCpuUs(pid) {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`)
    const ns = tasks.map((task) =>
      Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
    )
    return ns.reduce((sum, one) => sum + one, 0) / 1000
  } catch {
    return readTicksUs(pid)
  }
}

function readTicksUs(pid) {
  try {
    // The name may hold spaces; user and system time are the 12th and 13th field after it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10_000
  } catch {
    return 0
  }
}
