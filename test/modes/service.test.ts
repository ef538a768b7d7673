import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createProject, startTreeway } from '../cli/run-treeway.ts'
import type { Project, Running } from '../cli/run-treeway.ts'

/** What systemd does with its socket: prints each datagram that comes; a descriptor in it is let go, which ends the wait for it. */
const LISTENER = `
import json, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("listening", flush=True)
while True:
    data, fds, _, _ = socket.recv_fds(s, 4096, 4)
    for fd in fds: os.close(fd)
    print(json.dumps(data.decode()), flush=True)
`

const hasTools =
  spawnSync('systemd-notify', ['--version']).status === 0 && spawnSync('python3', ['--version']).status === 0

let project: Project | undefined
let cli: Running | undefined
let listener: Listener | undefined

afterEach(async () => {
  await cli?.stop('SIGKILL')
  listener?.stop()
  project?.remove()
  cli = listener = project = undefined
})

interface Listener {
  readonly path: string
  /** Messages so far, each as its variables; barriers left out. */
  readonly messages: Record<string, string>[]
  stop(): void
}

async function listen(): Promise<Listener> {
  const dir = mkdtempSync(join(tmpdir(), 'treeway-notify-'))
  const path = join(dir, 'socket')
  const child: ChildProcess = spawn('python3', ['-c', LISTENER, path], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const messages: Record<string, string>[] = []
  let rest = ''
  let isListening = false
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line === 'listening') isListening = true
      else if (!line.includes('BARRIER=1')) messages.push(toVariables(JSON.parse(line) as string))
    }
  })
  await expect.poll(() => isListening, { timeout: 10_000 }).toBe(true)
  function stop(): void {
    child.kill()
    rmSync(dir, { recursive: true, force: true })
  }
  return { path, messages, stop }
}

function toVariables(text: string): Record<string, string> {
  const pairs = text.split('\n').filter(Boolean)
  return Object.fromEntries(pairs.map((pair) => [pair.split('=')[0], pair.slice(pair.indexOf('=') + 1)]))
}

function start(env: Readonly<Record<string, string>>): Running {
  project = createProject({ 'functions/hello.js': 'export const handler = () => "hello"\n' })
  cli = startTreeway(['start', '--port', '0', '--workers', '2', '--log-level', 'error'], {
    cwd: project.dir,
    env
  })
  return cli
}

describe.skipIf(!hasTools)('start as a service of systemd (needs systemd-notify and python3)', () => {
  it('says when it is ready, when it reloads and when it stops, in order', async () => {
    listener = await listen()
    const { messages, path } = listener
    const server = start({ NOTIFY_SOCKET: path })
    const [, url = ''] = await server.waitFor(/Local\s+(http:\S+)/)
    await expect.poll(() => messages.length, { timeout: 20_000 }).toBe(1)
    expect(messages[0]).toMatchObject({ READY: '1', STATUS: `2 server processes at ${url}` })
    expect((await fetch(`${url}/hello`)).status).toBe(200)
    server.child.kill('SIGHUP')
    await expect.poll(() => messages.length, { timeout: 20_000 }).toBe(3)
    expect(messages[1]).toMatchObject({ RELOADING: '1' })
    // Since the machine's start, as this process' own clock is.
    const usec = Number(messages[1]?.['MONOTONIC_USEC'])
    expect(Math.abs(Number(process.hrtime.bigint() / 1000n) - usec)).toBeLessThan(60e6)
    expect(messages[2]).toMatchObject({ READY: '1', STATUS: 'All server processes are new' })
    expect((await server.stop()).code).toBe(0)
    await expect.poll(() => messages[3]).toMatchObject({ STOPPING: '1' })
    expect(messages).toHaveLength(4)
  }, 60_000)

  it('gives signs of life twice in the time that the watchdog gives it', async () => {
    listener = await listen()
    const { messages, path } = listener
    start({ NOTIFY_SOCKET: path, WATCHDOG_USEC: '400000' })
    await expect
      .poll(() => messages.filter(({ WATCHDOG }) => WATCHDOG === '1').length, { timeout: 20_000 })
      .toBeGreaterThanOrEqual(3)
    expect(messages[0]).toMatchObject({ READY: '1' })
  }, 60_000)
})

describe('start where systemd-notify is missing', () => {
  it('serves, and says once what to install', async () => {
    const server = start({ NOTIFY_SOCKET: '/nowhere/socket', PATH: '/nowhere' })
    await server.waitFor(/systemd is not told .*systemd-notify is missing; install the package systemd/)
    const [, url = ''] = await server.waitFor(/Local\s+(http:\S+)/)
    expect((await fetch(`${url}/hello`)).status).toBe(200)
    const { stderr } = await server.stop()
    expect(stderr.match(/systemd is not told/g)).toHaveLength(1)
  })
})
