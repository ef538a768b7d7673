import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createProject, startTreeway } from '../cli/run-treeway.ts'
import type { Project, Running } from '../cli/run-treeway.ts'
import { findFreePort } from './free-port.ts'
import { startLoad } from './load.ts'

/** 50 in the note of issue 6; a start of a process costs half a second of a processor. */
const RELOADS = Number(process.env['TREEWAY_TEST_RELOADS'] ?? 4)

/** Two files, so that an answer that is half old and half new can be told. */
const toVersion = (version: number) => ({
  'functions/pid.js': `import { lib } from './_lib.js'\nexport default async () => ({ pid: process.pid, version: ${version}, lib })\n`,
  'functions/_lib.js': `export const lib = ${version}\n`
})

const TREE = {
  ...toVersion(1),
  'functions/+guard.js':
    'export default async (s) => { s.addHook("onRequest", async (q, r) => { if (q.headers["x-no"]) return r.code(401).send("no") }) }\n',
  'functions/slow.js':
    'export default async () => { await new Promise((done) => setTimeout(done, 400)); return "done" }\n',
  'functions/late.js':
    'export default async () => { await new Promise((done) => setTimeout(done, 1500)); return { pid: process.pid } }\n'
}

let project: Project | undefined
let cli: Running | undefined

afterEach(async () => {
  await cli?.stop('SIGKILL')
  project?.remove()
})

async function serve(...args: string[]): Promise<{ url: string; cli: Running; project: Project }> {
  project = createProject(TREE)
  cli = startTreeway(['start', '--port', '0', '--log-level', 'error', ...args], { cwd: project.dir })
  const [, url = ''] = await cli.waitFor(/Local\s+(http:\S+)/)
  if (!args.includes('1')) await cli.waitFor(/Processes/)
  return { url, cli, project }
}

async function readPid(url: string): Promise<number> {
  const answer = await fetch(`${url}/pid`, { headers: { connection: 'close' } })
  return ((await answer.json()) as { pid: number }).pid
}

describe('start', () => {
  it(
    'loses no request through rolling reloads, and every process is a new one after each',
    async () => {
      const { url, cli: server, project: tree } = await serve('--workers', '2')
      const pids = new Set<number>()
      const mixed = new Set<string>()
      function onBody(body: string): void {
        const { pid, version, lib } = JSON.parse(body) as { pid: number; version: number; lib: number }
        pids.add(pid)
        if (version !== lib) mixed.add(body)
      }
      const load = startLoad({ url: `${url}/pid`, connections: 16, onBody })
      let memoryBytes = 0
      for (let i = 0; i < RELOADS; i++) {
        await load.waitFor(50)
        server.forget()
        tree.write(toVersion(i + 2))
        server.child.kill('SIGHUP')
        const [outcome] = await server.waitFor(/all server processes are new|the reload stopped.*/)
        expect(outcome).toBe('all server processes are new')
        if (i === 1) memoryBytes = readMemoryBytes(server.child.pid)
      }
      await load.waitFor(50)
      const { failures, statuses, answered } = await load.stop()
      expect({ failures, mixed: [...mixed], statuses: [...statuses.keys()] }).toEqual({
        failures: [],
        mixed: [],
        statuses: [200]
      })
      expect(pids.size).toBe(2 * (RELOADS + 1))
      expect(answered).toBeGreaterThan(50 * RELOADS)
      // What the supervisor keeps of each process would add up.
      expect(readMemoryBytes(server.child.pid)).toBeLessThan(memoryBytes + 16 * 2 ** 20)
    },
    30_000 + RELOADS * 12_000
  )

  it('replaces a killed process; only its own requests fail, and the other answers on', async () => {
    const { url, cli: server } = await serve('--workers', '2')
    const load = startLoad({ url: `${url}/pid`, connections: 8 })
    await load.waitFor(50)
    const late = Array.from({ length: 8 }, async () => {
      const answer = await fetch(`${url}/late`, { headers: { connection: 'close' } })
      return ((await answer.json()) as { pid: number }).pid
    })
    // Connections go to the processes by turns: of eight in flight each has some.
    const settled = Promise.allSettled(late)
    await load.waitFor(100)
    const killed = await readPid(url)
    process.kill(killed, 'SIGKILL')
    await server.waitFor(/ended \(SIGKILL\); a new one starts/)
    const ends = await settled
    const survived = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
    expect(survived.length).toBeGreaterThan(0)
    expect(survived.length).toBeLessThan(ends.length)
    expect(new Set(survived).size).toBe(1)
    expect(survived).not.toContain(killed)
    await load.waitFor(200)
    const report = await load.stop()
    // No more than a request for each connection to the killed one.
    expect(report.failures.length).toBeLessThan(8)
    expect([...report.statuses.keys()]).toEqual([200])
    const pids = new Set<number>()
    await expect.poll(async () => pids.add(await readPid(url)).size, { timeout: 10_000 }).toBe(2)
    expect([...pids]).not.toContain(killed)
  }, 40_000)

  it('replaces the only process, too', async () => {
    // Not 0: where nobody holds the port any more, the system would choose again.
    const { url } = await serve('--workers', '1', '--port', String(await findFreePort()))
    const before = await readPid(url)
    process.kill(before, 'SIGKILL')
    const after = async (): Promise<number> => await readPid(url).catch(() => before)
    await expect.poll(after, { timeout: 10_000 }).not.toBe(before)
  })

  it('does not wait for connections that never had a request', async () => {
    // Longer than this test may take.
    const { url, cli: server } = await serve('--workers', '2', '--grace-period-ms', '600000')
    const port = Number(new URL(url).port)
    const silent = Array.from({ length: 4 }, () => connect({ port, host: '127.0.0.1' }))
    await Promise.all(silent.map((socket) => once(socket, 'connect')))
    const closed = Promise.all(silent.map((socket) => once(socket.resume(), 'close')))
    server.child.kill('SIGHUP')
    await server.waitFor(/all server processes are new/)
    await closed
  })

  it('answers health and readiness, past any guard of the tree', async () => {
    const { url } = await serve('--workers', '1')
    expect(await (await fetch(`${url}/_treeway/health`, { headers: { 'x-no': '1' } })).json()).toEqual({
      status: 'ok'
    })
    expect(await (await fetch(`${url}/_treeway/health/ready`)).json()).toEqual({ status: 'ready' })
  })

  it('lets requests in flight end on SIGTERM, then ends with 0', async () => {
    const { url, cli: server } = await serve('--workers', '2')
    const slow = Promise.all(
      Array.from({ length: 4 }, () => fetch(`${url}/slow`).then((answer) => answer.text()))
    )
    await fetch(`${url}/pid`)
    const { code, stderr } = await server.stop('SIGTERM')
    expect(await slow).toEqual(['done', 'done', 'done', 'done'])
    expect(code).toBe(0)
    expect(stderr).toMatch(/SIGTERM: stopping/)
  })

  it('leaves no process behind when the supervisor is killed', async () => {
    const { url, cli: server } = await serve('--workers', '2')
    const pids = new Set<number>()
    while (pids.size < 2) pids.add(await readPid(url))
    server.child.kill('SIGKILL')
    await expect.poll(() => [...pids].filter(isAlive), { timeout: 10_000 }).toEqual([])
  })

  it('says once what keeps it from starting, and does not try again', async () => {
    project = createProject({ 'functions/broken.js': 'export default (\n' })
    cli = startTreeway(['start', '--port', '0'], { cwd: project.dir })
    const { code, stderr } = await cli.finished
    expect(code).toBe(1)
    expect(stderr.match(/functions\/broken\.js/g)?.length).toBeGreaterThanOrEqual(1)
  })
})

/** Resident, as Linux tells it. */
function readMemoryBytes(pid = 0): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) * 1024
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
