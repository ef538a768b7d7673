import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { findPort } from './find-port.mjs'
import { toPinned } from './machine.mjs'
import { listTree, readTreeCpuUs, readTreeRssBytes } from './process-tree.mjs'

const POLL_MS = 2
const START_LIMIT_MS = 180_000

/** What still runs, so that nothing outlives the rig. */
const running = new Set()
process.on('exit', () => running.forEach((program) => program.kill()))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1))

/**
 * Any server as a process of its own, with what it starts itself. It listens on the port of its command or of PORT, and is
 * there when it answers. While it is not measured it is stopped (SIGSTOP).
 */
export class Program {
  #child
  #options
  #errors = ''

  /**
   * @param {{ name: string, command: (port: number) => string[], path?: string, cwd?: string, env?: object, core?: number, startLimitMs?: number }} options
   *   `path` is asked until it answers 200.
   */
  constructor(options) {
    this.name = options.name
    this.#options = { path: '/hello', core: 0, env: {}, startLimitMs: START_LIMIT_MS, ...options }
  }

  async start() {
    const { command, path, cwd, env, core, startLimitMs } = this.#options
    this.port = await findPort()
    const [file, ...args] = toPinned(core, command(this.port))
    const began = performance.now()
    this.#child = spawn(file, args, {
      cwd,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production', PORT: String(this.port), ...env }
    })
    running.add(this)
    this.#child.stderr.on('data', (chunk) => (this.#errors = `${this.#errors}${chunk}`.slice(-2000)))
    await this.#answers(path, began + startLimitMs)
    this.coldStartMs = performance.now() - began
    this.coldStartCpuMs = this.readCpuUs() / 1000
    this.startRssBytes = this.readRssBytes()
    return this
  }

  async #answers(path, deadline) {
    while ((await readStatus(this.port, path)) !== 200) {
      if (this.#child.exitCode !== null)
        throw new Error(`${this.name} ended with ${this.#child.exitCode}: ${this.#errors}`)
      if (performance.now() > deadline) throw new Error(`${this.name} does not answer ${path}`)
      await wait(POLL_MS)
    }
  }

  get pid() {
    return this.#child.pid
  }

  pause() {
    this.#signal('SIGSTOP')
  }

  resume() {
    this.#signal('SIGCONT')
  }

  readCpuUs() {
    return readTreeCpuUs(this.pid)
  }

  readRssBytes() {
    return readTreeRssBytes(this.pid)
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    this.kill()
    await exit
  }

  /** Measured programs have nothing to save. */
  kill() {
    this.#signal('SIGKILL')
    running.delete(this)
  }

  #signal(signal) {
    for (const pid of listTree(this.pid)) {
      try {
        process.kill(pid, signal)
      } catch {
        // It has ended meanwhile.
      }
    }
  }
}

function readStatus(port, path) {
  return new Promise((resolve) => {
    const request = get({ port, host: '127.0.0.1', path, agent: false }, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode))
    })
    request.once('error', () => resolve(undefined))
  })
}
