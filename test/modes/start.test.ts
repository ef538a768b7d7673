import { afterEach, describe, expect, it } from 'vitest'
import { createProject, startTreeway } from '../cli/run-treeway.ts'
import type { Project, Running } from '../cli/run-treeway.ts'
import { startLoad } from './load.ts'

const TREE = {
  'functions/pid.js': 'export default async () => ({ pid: process.pid, version: 1 })\n',
  'functions/+guard.js':
    'export default async (s) => { s.addHook("onRequest", async (q, r) => { if (q.headers["x-no"]) return r.code(401).send("no") }) }\n',
  'functions/slow.js':
    'export default async () => { await new Promise((done) => setTimeout(done, 400)); return "done" }\n'
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
  it('loses no request through rolling reloads, and every process is a new one after each', async () => {
    const { url, cli: server, project: tree } = await serve('--workers', '2')
    const seen = new Set<string>()
    const load = startLoad({ url: `${url}/pid`, connections: 16, onBody: (body) => seen.add(body) })
    const rounds = 3
    for (let i = 0; i < rounds; i++) {
      await load.waitFor(50)
      server.forget()
      tree.write({
        'functions/pid.js': `export default async () => ({ pid: process.pid, version: ${i + 2} })\n`
      })
      server.child.kill('SIGHUP')
      await server.waitFor(/all server processes are new/)
    }
    await load.waitFor(50)
    const report = await load.stop()
    expect(report.failures).toEqual([])
    expect([...report.statuses.keys()]).toEqual([200])
    const pids = new Set([...seen].map((body) => (JSON.parse(body) as { pid: number }).pid))
    expect(pids.size).toBe(2 * (rounds + 1))
  }, 60_000)

  it('replaces a killed process, and only its own requests fail', async () => {
    const { url, cli: server } = await serve('--workers', '2')
    const load = startLoad({ url: `${url}/pid`, connections: 8 })
    await load.waitFor(50)
    process.kill(await readPid(url), 'SIGKILL')
    await server.waitFor(/ended \(SIGKILL\); a new one starts/)
    await load.waitFor(200)
    const report = await load.stop()
    expect(report.failures.length).toBeLessThanOrEqual(8)
    expect([...report.statuses.keys()]).toEqual([200])
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
