import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { toPinned } from '../rig/machine.mjs'
import { listTree, readTreeCpuUs } from '../rig/process-tree.mjs'

const START_MS = 120_000

/** One or several commands and all their children on one core: measured, paused and ended together. */
export class ProcessTree {
  /** What was written on stderr. */
  words = ''
  #children = []

  constructor(name) {
    this.name = name
  }

  /** @param {{ command: string[], env?: object, cwd?: string }} program */
  start({ command, env = {}, cwd }) {
    const [file, ...args] = toPinned(0, command)
    const child = spawn(file, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production', ...env }
    })
    this.#children.push(child)
    child.on('exit', (code) => code > 0 && console.error(`${this.name}: ${file} ended with ${code}`))
    child.stderr.on('data', (chunk) => (this.words += chunk))
    return child
  }

  /** Starts a program that says where it listens, and reads its port. */
  async startListening(program) {
    const child = this.start(program)
    let text = ''
    const port = new Promise((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          text += chunk
          const found = /https?:\/\/127\.0\.0\.1:(\d+)/.exec(text)
          if (found) resolve(Number(found[1]))
        })
      }
    })
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`${this.name} ended with ${code}: ${text}`)
    })
    ended.catch(() => {})
    const late = new Promise((_resolve, reject) => {
      setTimeout(() => reject(new Error(`${this.name} did not start: ${text}`)), START_MS).unref()
    })
    return await Promise.race([port, ended, late])
  }

  /** CPU time of every process, in microseconds. */
  readCpuUs() {
    return this.#children.reduce((sum, { pid }) => sum + readTreeCpuUs(pid), 0)
  }

  #listPids() {
    return this.#children.flatMap(({ pid }) => listTree(pid))
  }

  pause() {
    for (const pid of this.#listPids()) signal(pid, 'SIGSTOP')
  }

  resume() {
    for (const pid of this.#listPids().toReversed()) signal(pid, 'SIGCONT')
  }

  async stop() {
    this.resume()
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const exit = once(child, 'exit')
        child.kill('SIGTERM')
        await exit
      })
    )
  }
}

function signal(pid, name) {
  try {
    process.kill(pid, name)
  } catch {
    // it has just ended
  }
}
