import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { createProject, startTreeway } from '../cli/run-treeway.ts'
import type { Project, Running } from '../cli/run-treeway.ts'
import { findFreePort } from './free-port.ts'

const TREE = {
  'functions/pid.js': 'export default async () => ({ pid: process.pid })\n',
  'functions/forever.js': 'export default async () => { for (;;); }\n',
  'functions/inspect.js': `import { open } from 'node:inspector'
export default async () => { open(0, '127.0.0.1'); return { pid: process.pid } }
`,
  'functions/block.js': `export default async ({ query }) => {
  const until = Date.now() + Number(query.ms)
  while (Date.now() < until);
  return { pid: process.pid }
}
`
}
/** Short, but many times what a process needs to come to its senses on a busy machine. */
const TIMEOUT_MS = 2_000

let project: Project | undefined
let cli: Running | undefined
const toKill = new Set<number>()

afterEach(async () => {
  for (const pid of toKill) signal(pid, 'SIGKILL')
  toKill.clear()
  await cli?.stop('SIGKILL')
  project?.remove()
})

async function serve(workers: number, timeoutMs: number): Promise<{ url: string; cli: Running }> {
  project = createProject(TREE)
  // Not 0: where the only process is replaced, the system would choose again.
  const port = String(await findFreePort())
  const args = ['--port', port, '--log-level', 'error', '--workers', String(workers)]
  cli = startTreeway(['start', ...args, '--hang-timeout-ms', String(timeoutMs)], { cwd: project.dir })
  const [, url = ''] = await cli.waitFor(/Local\s+(http:\S+)/)
  if (workers > 1) await cli.waitFor(/Processes/)
  return { url, cli }
}

/** Each on a connection of its own. */
async function readPid(url: string): Promise<number> {
  const answer = await fetch(url, { headers: { connection: 'close' } })
  return ((await answer.json()) as { pid: number }).pid
}

async function isLost(url: string): Promise<boolean> {
  return await fetch(url, { headers: { connection: 'close' } }).then(
    () => false,
    () => true
  )
}

async function collectPids(url: string, count: number): Promise<number[]> {
  const pids = new Set<number>()
  await expect.poll(async () => pids.add(await readPid(`${url}/pid`)).size, { timeout: 20_000 }).toBe(count)
  return [...pids]
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended.
  }
}

/** Milliseconds of a processor that it has used. */
function readCpuMs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** One of them has begun to turn in a circle: it has used that much more of a processor. */
async function waitForHang(pids: readonly number[], cpuMs = 200): Promise<void> {
  const start = pids.map(readCpuMs)
  const used = (): number => Math.max(...pids.map((pid, i) => readCpuMs(pid) - (start[i] ?? 0)))
  await expect.poll(used, { timeout: 60_000, interval: 50 }).toBeGreaterThan(cpuMs)
}

describe('a server process that hangs', () => {
  it('is killed and replaced, and whom it had not yet taken is answered by another', async () => {
    const { url, cli: server } = await serve(2, TIMEOUT_MS)
    const before = await collectPids(url, 2)
    const lost = isLost(`${url}/forever`)
    await waitForHang(before)
    // Connections go to the processes by turns, so one of these is for the one that hangs.
    const asked = Promise.all(Array.from({ length: 6 }, () => readPid(`${url}/pid`)))
    const [line, pid] = await server.waitFor(
      /server process (\d+) ended \((.*)\); a new one starts in 100 ms/
    )
    expect(line).toContain(`killed, as it gave no sign of life for ${TIMEOUT_MS} ms`)
    expect(before).toContain(Number(pid))
    expect(await lost).toBe(true)
    const other = before.find((each) => each !== Number(pid))
    expect(new Set(await asked)).toEqual(new Set([other]))
    expect(await collectPids(url, 2)).not.toContain(Number(pid))
    expect(server.stderr().match(/ ended \(/g)).toHaveLength(1)
  }, 60_000)

  it('is replaced where it is the only one', async () => {
    const { url, cli: server } = await serve(1, TIMEOUT_MS)
    const before = await readPid(`${url}/pid`)
    const lost = [isLost(`${url}/forever`)]
    await waitForHang([before])
    // Nobody else could take it: it is told so, and does not wait for ever.
    lost.push(isLost(`${url}/pid`))
    await server.waitFor(/no sign of life/)
    expect(await Promise.all(lost)).toEqual([true, true])
    const after = async (): Promise<number> => await readPid(`${url}/pid`).catch(() => before)
    await expect.poll(after, { timeout: 20_000 }).not.toBe(before)
  }, 60_000)

  it('is left alone with a time-out of 0', async () => {
    const { url, cli: server } = await serve(2, 0)
    const pids = await collectPids(url, 2)
    // A process that hangs does not notice that its supervisor has gone.
    for (const pid of pids) toKill.add(pid)
    const cut = new AbortController()
    void fetch(`${url}/forever`, { signal: cut.signal }).catch(() => undefined)
    await waitForHang(pids, 1_000)
    cut.abort()
    expect(server.stderr()).not.toContain('no sign of life')
  }, 90_000)
})

describe('a server process that does not hang', () => {
  it('may be busy for less than that', async () => {
    const { url, cli: server } = await serve(1, 4 * TIMEOUT_MS)
    const [before] = await collectPids(url, 1)
    expect(await readPid(`${url}/block?ms=${TIMEOUT_MS}`)).toBe(before)
    expect(server.stderr()).not.toContain('no sign of life')
  }, 60_000)

  it('lives on when the machine wakes up after a long sleep', async () => {
    const { url, cli: server } = await serve(2, TIMEOUT_MS)
    const before = await collectPids(url, 2)
    const all = [server.child.pid ?? 0, ...before]
    const asleep = performance.now() + 2 * TIMEOUT_MS
    for (const pid of all) signal(pid, 'SIGSTOP')
    for (const pid of all) toKill.add(pid)
    await expect.poll(() => performance.now(), { timeout: 60_000, interval: 100 }).toBeGreaterThan(asleep)
    // The supervisor wakes up first.
    for (const pid of all) signal(pid, 'SIGCONT')
    await awaken(url)
    expect((await collectPids(url, 2)).sort()).toEqual(before.sort())
    expect(server.stderr()).not.toContain('ended (')
  }, 60_000)

  it.runIf(process.platform === 'linux')(
    'lives on while somebody has stopped it',
    async () => {
      const { url, cli: server } = await serve(2, TIMEOUT_MS)
      const before = await collectPids(url, 2)
      const [pid = 0] = before
      toKill.add(pid)
      signal(pid, 'SIGSTOP')
      const latest = performance.now() + 2 * TIMEOUT_MS
      await expect.poll(() => performance.now(), { timeout: 60_000, interval: 100 }).toBeGreaterThan(latest)
      signal(pid, 'SIGCONT')
      expect((await collectPids(url, 2)).sort()).toEqual(before.sort())
      expect(server.stderr()).not.toContain('ended (')
    },
    60_000
  )

  it('lives on while a debugger may halt it', async () => {
    const { url, cli: server } = await serve(1, TIMEOUT_MS)
    const before = await readPid(`${url}/inspect`)
    // A sign of life that says so comes before it is silent.
    const told = performance.now() + TIMEOUT_MS
    await expect.poll(() => performance.now(), { timeout: 60_000, interval: 100 }).toBeGreaterThan(told)
    expect(await readPid(`${url}/block?ms=${2 * TIMEOUT_MS}`)).toBe(before)
    expect(server.stderr()).not.toContain('ended (')
  }, 60_000)
})

/** Answers come again. */
async function awaken(url: string): Promise<void> {
  await expect.poll(async () => (await fetch(`${url}/pid`)).status, { timeout: 20_000 }).toBe(200)
}
