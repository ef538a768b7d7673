import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { fileURLToPath } from 'node:url'
import { findPort } from '../rig/find-port.mjs'
import { countDescriptors, readTreeCpuUs, readTreeRssBytes } from '../rig/process-tree.mjs'

const BIN = fileURLToPath(new URL('../../bin/treeway.js', import.meta.url))
const PRELOAD = fileURLToPath(new URL('report-memory.mjs', import.meta.url))
const DEADLINE_MS = 120_000

/** `treeway dev` of a folder, as a person runs it. */
export async function startDevServer(dir) {
  const port = await findPort()
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--import', PRELOAD, BIN, 'dev', dir, '--port', String(port), '--strict-port'],
    { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { ...process.env, NO_COLOR: '1' } }
  )
  const kill = () => child.kill('SIGKILL')
  process.on('exit', kill)
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (said = `${said}${text}`.slice(-4000)))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = (path) =>
    new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1', path, agent }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (chunk) => (body += chunk))
        response.on('end', () => resolve({ status: response.statusCode, body }))
      }).on('error', reject)
    })
  await poll(async () => (await ask('/_treeway/health').catch(() => undefined))?.status === 200)
  return {
    ask,
    /** Makes a change and waits until it can be seen from outside: ms, and CPU of the server with what it was asked. */
    async measure(change, isThere) {
      const cpuUs = readTreeCpuUs(child.pid)
      const began = performance.now()
      change()
      const asked = await poll(async () => isThere(await ask))
      const ms = performance.now() - began
      return { ms, cpuMs: (readTreeCpuUs(child.pid) - cpuUs) / 1000, asked }
    },
    async readMemory() {
      const answer = once(child, 'message')
      child.send('memory')
      const [{ heapBytes }] = await answer
      return { heapBytes, rssBytes: readTreeRssBytes(child.pid), descriptors: countDescriptors(child.pid) }
    },
    async stop() {
      agent.destroy()
      const closed = once(child, 'close')
      child.kill('SIGTERM')
      await closed
      process.off('exit', kill)
    }
  }

  async function poll(isDone) {
    const deadline = performance.now() + DEADLINE_MS
    for (let asked = 1; ; asked++) {
      if (await isDone()) return asked
      if (child.exitCode !== null) throw new Error(`treeway dev ended: ${said}`)
      if (performance.now() > deadline) throw new Error(`No reload within ${DEADLINE_MS} ms: ${said}`)
    }
  }
}
