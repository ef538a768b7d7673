import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { createProject, startTreeway } from '../cli/run-treeway.ts'
import type { Project, Running, Tree } from '../cli/run-treeway.ts'
import { startLoad } from './load.ts'
import { parsePrometheusText, sumOf } from './prometheus-text.ts'
import type { Sample } from './prometheus-text.ts'

const REQUESTS = 'treeway_http_requests_total'
const hasPython = spawnSync('python3', ['--version']).status === 0

const TREE = {
  'functions/pid.js': 'export default async () => ({ pid: process.pid })\n',
  'functions/users/[id].js': 'export const handler = (event) => ({ status: 201, body: event.params.id })\n',
  'functions/forever.js': 'export default () => new Promise(() => {})\n',
  'functions/+guard.js':
    'export default async (s) => { s.addHook("onRequest", async (q, r) => { if (q.headers["x-no"]) return r.code(401).send("no") }) }\n',
  'public/file.txt': 'text'
}

let project: Project | undefined
let cli: Running | undefined
let app: FastifyInstance | undefined

afterEach(async () => {
  await app?.close()
  await cli?.stop('SIGKILL')
  project?.remove()
  app = cli = project = undefined
})

async function serveApp(tree: Tree = TREE, metrics: boolean | string = true): Promise<string> {
  project = createProject(tree)
  app = await createApp({ dir: project.dir, config: { metrics } })
  return await app.listen({ port: 0, host: '127.0.0.1' })
}

async function start(args: readonly string[], env: Record<string, string>): Promise<string> {
  project = createProject(TREE)
  cli = startTreeway([...args, '--port', '0', '--log-level', 'error'], { cwd: project.dir, env })
  const [, url = ''] = await cli.waitFor(/Local\s+(http:\S+)/)
  if (args.includes('2')) await cli.waitFor(/Processes/)
  return url
}

async function scrape(url: string, path = '/_treeway/metrics'): Promise<Sample[]> {
  const answer = await fetch(url + path, { headers: { 'x-no': '1', connection: 'close' } })
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return parsePrometheusText(await answer.text())
}

async function readPid(url: string): Promise<number> {
  const answer = await fetch(`${url}/pid`, { headers: { connection: 'close' } })
  return ((await answer.json()) as { pid: number }).pid
}

describe('metrics of an app', () => {
  it('count requests by route, method, status and language, and unknown URLs as one', async () => {
    const url = await serveApp()
    for (const path of ['/users/1', '/users/2', '/nothing/1', '/nothing/2', '/file.txt'])
      await fetch(url + path)
    await fetch(`${url}/users/3`, { headers: { 'x-no': '1' } })
    await fetch(`${url}/_treeway/metrics`)
    const samples = await scrape(url)
    const counted = samples.filter(({ name }) => name === REQUESTS)
    expect(counted.map(({ labels, value }) => ({ ...labels, value }))).toEqual([
      { route: '/users/:id', method: 'GET', status: '201', language: 'javascript', value: 2 },
      { route: '(no route)', method: 'GET', status: '404', language: '', value: 2 },
      { route: '(no route)', method: 'GET', status: '200', language: '', value: 1 },
      { route: '/users/:id', method: 'GET', status: '401', language: 'javascript', value: 1 }
    ])
    const duration = 'treeway_http_request_duration_seconds'
    expect(sumOf(samples, `${duration}_count`, { route: '/users/:id' })).toBe(3)
    expect(sumOf(samples, `${duration}_sum`)).toBeGreaterThan(0)
    expect(sumOf(samples, 'process_resident_memory_bytes')).toBeGreaterThan(1e6)
    expect(sumOf(samples, 'nodejs_eventloop_utilization')).toBeGreaterThan(0)
  })

  it('count what is in flight, and a client that goes away as 499', async () => {
    const url = await serveApp()
    const outgoing = request(`${url}/forever`).on('error', () => undefined)
    outgoing.end()
    const inFlight = 'treeway_http_requests_in_flight'
    await expect.poll(async () => sumOf(await scrape(url), inFlight)).toBe(1)
    outgoing.destroy()
    await expect.poll(async () => sumOf(await scrape(url), inFlight)).toBe(0)
    expect(sumOf(await scrape(url), REQUESTS, { status: '499', route: '/forever' })).toBe(1)
  })

  it('can be moved, and where they are off nothing is there', async () => {
    const url = await serveApp(TREE, '/internal/metrics')
    await fetch(`${url}/users/1`)
    expect(sumOf(await scrape(url, '/internal/metrics'), REQUESTS)).toBe(1)
    expect((await fetch(`${url}/_treeway/metrics`)).status).toBe(404)
    await app?.close()
    const off = await serveApp(TREE, 'dev')
    expect((await fetch(`${off}/_treeway/metrics`)).status).toBe(404)
  })

  it.skipIf(!hasPython)('know the worker processes of each language', async () => {
    const url = await serveApp({
      'functions/hello.py': 'def handler(event):\n    return "hello"\n',
      'functions/crash.py': 'import os\ndef handler(event):\n    os._exit(3)\n',
      'functions/slow/handler.py': 'import time\ndef handler(event):\n    time.sleep(1)\n    return "late"\n',
      'functions/slow/fn.config.json': '{ "timeout_ms": 50 }\n'
    })
    expect((await fetch(`${url}/hello`)).status).toBe(200)
    expect((await fetch(`${url}/slow`)).status).toBe(504)
    expect((await fetch(`${url}/crash`, { method: 'GET' })).status).toBe(502)
    const samples = await scrape(url)
    const python = { language: 'python' }
    expect(sumOf(samples, REQUESTS, python)).toBe(3)
    expect(sumOf(samples, 'treeway_worker_timeouts_total', python)).toBe(1)
    expect(sumOf(samples, 'treeway_worker_crashes_total', python)).toBeGreaterThanOrEqual(1)
    expect(sumOf(samples, 'treeway_workers', python)).toBe(1)
    expect(sumOf(samples, 'treeway_worker_calls_waiting', python)).toBe(0)
  })
})

describe('metrics of start', () => {
  it('are those of all processes, whichever is asked, and lose nothing when they are replaced', async () => {
    const url = await start(['start', '--workers', '2'], { TREEWAY_METRICS: 'true' })
    const load = startLoad({ url: `${url}/pid`, connections: 8 })
    await load.waitFor(200)
    cli?.child.kill('SIGHUP')
    await cli?.waitFor(/all server processes are new/)
    await load.waitFor(200)
    const { answered, failures } = await load.stop()
    expect(failures).toEqual([])
    // A draining process has told its last number when it is gone.
    await expect.poll(async () => sumOf(await scrape(url), REQUESTS, { route: '/pid' })).toBe(answered)
    const again = await Promise.all(Array.from({ length: 6 }, () => scrape(url)))
    expect(again.map((samples) => sumOf(samples, REQUESTS, { route: '/pid' }))).toEqual(
      Array.from({ length: 6 }, () => answered)
    )
    const [samples = []] = again
    expect(sumOf(samples, 'treeway_server_processes')).toBe(2)
    expect(sumOf(samples, 'treeway_reloads_total')).toBe(1)
  })

  it('never fall when a process is killed', async () => {
    const url = await start(['start', '--workers', '2'], { TREEWAY_METRICS: '/metrics' })
    const pids = new Set<number>()
    while (pids.size < 2) pids.add(await readPid(url))
    const before = sumOf(await scrape(url, '/metrics'), REQUESTS)
    process.kill(await readPid(url), 'SIGKILL')
    await cli?.waitFor(/ended \(SIGKILL\)/)
    await expect.poll(async () => sumOf(await scrape(url, '/metrics'), 'treeway_server_processes')).toBe(2)
    const samples = await scrape(url, '/metrics')
    expect(sumOf(samples, 'treeway_server_crashes_total')).toBe(1)
    expect(sumOf(samples, REQUESTS)).toBeGreaterThanOrEqual(before)
  })

  it('are off unless asked for; in dev this machine alone has them', async () => {
    const url = await start(['start', '--workers', '1'], {})
    expect((await fetch(`${url}/_treeway/metrics`)).status).toBe(404)
    await cli?.stop()
    project?.remove()
    const dev = await start(['dev'], {})
    await scrape(dev)
    const { port } = new URL(dev)
    const stranger = request({ port, path: '/_treeway/metrics', headers: { host: 'example.com' } })
    const [answer] = (await once(stranger.end(), 'response')) as [{ statusCode: number; resume(): void }]
    answer.resume()
    expect(answer.statusCode).toBe(403)
  })
})
