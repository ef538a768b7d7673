import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAnswerCounter, readAnswerFraming } from './answer-framing.mjs'
import { toBytes } from './load-generator.mjs'
import { Program } from './program.mjs'

/** A program under valgrind starts fifty times slower. */
const START_LIMIT_MS = 900_000
/** Nothing compiles or collects on another thread, so that two runs do the same work in the same order. */
const V8_FLAGS = ['--single-threaded', '--predictable']

export function hasCallgrind() {
  return spawnSync('valgrind', ['--version']).status === 0
}

/**
 * Counts the instructions that a Node server runs in user space for each request, under callgrind. Two runs of one program
 * differ by less than half a per cent, however busy the machine is; what the kernel does is not counted.
 */
export class InstructionCounter {
  #program
  #folder = mkdtempSync(join(tmpdir(), 'treeway-callgrind-'))

  /** @param {{ name: string, nodeArgs: string[], core?: number, path?: string }} options `nodeArgs` as after `node`. */
  constructor({ name, nodeArgs, core = 0, path }) {
    const valgrind = [
      '--tool=callgrind',
      '--smc-check=all-non-file',
      `--callgrind-out-file=${this.#folder}/out`
    ]
    this.#program = new Program({
      name,
      core,
      ...(path === undefined ? {} : { path }),
      startLimitMs: START_LIMIT_MS,
      command: () => ['valgrind', '-q', ...valgrind, process.execPath, ...V8_FLAGS, ...nodeArgs]
    })
  }

  async start() {
    await this.#program.start()
    return this
  }

  /** Instructions per request, one number for each window. One connection: then the order is always the same. */
  async measure(request, { warmRequests, windowRequests, windows }) {
    const { port } = this.#program
    const bytes = toBytes(request)
    const framing = await readAnswerFraming(port, [bytes])
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    await ask({ socket, bytes, framing, count: warmRequests })
    const counts = []
    for (let i = 0; i < windows; i++) {
      this.#control('-z')
      await ask({ socket, bytes, framing, count: windowRequests })
      this.#control('-d')
      counts.push(this.#takeTotal() / windowRequests)
    }
    socket.destroy()
    return counts
  }

  #control(action) {
    execFileSync('callgrind_control', [action, String(this.#program.pid)], { stdio: 'ignore' })
  }

  #takeTotal() {
    const [file] = readdirSync(this.#folder).filter((name) => /^out\.\d+$/.test(name))
    const path = join(this.#folder, file)
    const [, total] = /^(?:summary|totals): (\d+)/m.exec(readFileSync(path, 'utf8'))
    rmSync(path)
    return Number(total)
  }

  async stop() {
    await this.#program.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function ask({ socket, bytes, framing, count }) {
  const isComplete = createAnswerCounter(framing)
  let answers = 0
  return new Promise((resolve, reject) => {
    function listen(chunk) {
      if (!isComplete(chunk)) return
      answers += 1
      if (answers < count) return socket.write(bytes)
      socket.off('data', listen)
      resolve()
    }
    socket.on('data', listen)
    socket.once('error', reject)
    socket.write(bytes)
  })
}
