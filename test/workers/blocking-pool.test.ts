import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import type { Language } from '../../src/languages/language.ts'
import { createWorkerRuntime } from '../../src/languages/workers/runtime.ts'
import type { WorkerSpec } from '../../src/languages/workers/spec.ts'
import {
  isAlive,
  openProject,
  type ProjectOptions,
  readText,
  type RuntimeProject,
  waitFor
} from './runtime-project.ts'

const program = fileURLToPath(new URL('fixtures/one-at-a-time.mjs', import.meta.url))

function createLanguage(changes: Partial<WorkerSpec> = {}, key = () => 'one'): Language {
  const args = [program, changes.channel ?? 'fd3']
  const spec: WorkerSpec = {
    language: 'lua',
    channel: 'fd3',
    isBlocking: true,
    maxProcesses: 4,
    reload: 'process',
    hasCheck: false,
    prepare: async (functions) => ({
      problems: [],
      programs: new Map(functions.map(({ file }) => [file, { key: key(), command: process.execPath, args }]))
    }),
    needsPrepare: (file) => file.endsWith('.list'),
    ...changes
  }
  return { name: 'lua', extensions: ['lua'], createRuntime: (options) => createWorkerRuntime(spec, options) }
}

describe('a pool of workers that run one call at a time', () => {
  let project: RuntimeProject

  const open = async (language: Language, options?: ProjectOptions): Promise<void> => {
    project = await openProject(language, { 'x.lua': '', 'y.lua': '' }, options)
  }
  const run = async (what: string, name = 'x.lua', method = 'GET'): Promise<string> =>
    await readText(await project.invoke(name, { params: { do: what }, method }))

  afterEach(async () => await project.close())

  it('uses one process while calls come one after the other', async () => {
    await open(createLanguage())
    const pids = new Set<string>()
    for (let n = 0; n < 10; n++) pids.add(await run('pid'))
    expect(pids.size).toBe(1)
  })

  it('grows while calls wait for slow ones, up to its limit', async () => {
    await open(createLanguage())
    const pids = new Set(await Promise.all(Array.from({ length: 24 }, async () => await run('sleep 150'))))
    expect(pids.size).toBeGreaterThan(1)
    expect(pids.size).toBeLessThanOrEqual(4)
  })

  it('lines quick calls up in one process', async () => {
    await open(createLanguage({ maxProcesses: 1 }))
    for (let n = 0; n < 5; n++) await run('pid')
    const answers = await Promise.all(Array.from({ length: 200 }, async () => await run('pid')))
    expect(new Set(answers).size).toBe(1)
    expect(await run('seen')).toBe('206')
  })

  it('speaks over standard streams where a language has nothing else', async () => {
    await open(createLanguage({ channel: 'stdio' }))
    await run('print hello')
    expect(project.logs).toMatchObject([{ stream: 'stdout', text: 'hello' }])
  })

  it('gives what had not begun to another process when one dies', async () => {
    await open(createLanguage({ maxProcesses: 1 }))
    for (let n = 0; n < 5; n++) await run('pid', 'x.lua', 'POST')
    const all = await Promise.allSettled([
      run('exit', 'x.lua', 'POST'),
      ...[1, 2, 3].map(() => run('pid', 'x.lua', 'POST'))
    ])
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
    expect(all[0]).toMatchObject({ reason: { code: 'TREEWAY_WORKER_CRASHED' } })
  })

  it('repeats a GET once and never a POST', async () => {
    await open(createLanguage())
    await expect(run('exit', 'x.lua', 'POST')).rejects.toThrow('exit status 9')
    await expect(run('exit', 'x.lua', 'GET')).rejects.toThrow('exit status 9')
    expect(await run('seen')).toBe('1')
  })

  it('replaces a process whose call does not end, and serves others from another meanwhile', async () => {
    await open(createLanguage(), { fn: { timeoutMs: 1500 } })
    const pid = Number(await run('pid'))
    const late = run('sleep 60000').catch((error: unknown) => error)
    // the first of them may be lined up behind it; it is taken back
    const others = await Promise.allSettled([1, 2, 3].map(async () => await run('pid', 'y.lua')))
    expect(await late).toMatchObject({ code: 'TREEWAY_TIMEOUT' })
    expect(others.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled'])
    await waitFor(() => !isAlive(pid), 'the stuck process to be ended')
    expect(Number(await run('pid'))).not.toBe(pid)
  })

  it('starts fresh processes on reload, and loses no call', async () => {
    await open(createLanguage())
    const before = await run('pid')
    const slow = run('sleep 200')
    await project.runtime.reload([`${project.dir}/x.lua`])
    expect(await run('pid')).not.toBe(before)
    expect(await slow).toBe(before)
    await waitFor(() => !isAlive(Number(before)), 'the old process to end')
  })

  it('goes over to another program when preparing gives one, and loses no call', async () => {
    let version = 1
    await open(createLanguage({}, () => `version ${version}`))
    const before = await run('pid')
    const slow = run('sleep 200')
    version = 2
    await project.runtime.reload([`${project.dir}/go.list`])
    expect(await run('pid')).not.toBe(before)
    expect(await slow).toBe(before)
    await waitFor(() => !isAlive(Number(before)), 'the old process to end')
  })

  it('says so when a program does not start', async () => {
    const prepare: WorkerSpec['prepare'] = async (functions) => ({
      problems: [],
      programs: new Map(
        functions.map(({ file }) => [file, { key: 'x', command: '/nonexistent/lua', args: [] }])
      )
    })
    await open(createLanguage({ prepare }), { fn: { timeoutMs: 3000 } })
    await expect(run('pid')).rejects.toMatchObject({ code: 'TREEWAY_WORKER_CRASHED' })
  })

  it('ends no call that is in flight when it is stopped', async () => {
    await open(createLanguage())
    const slow = run('sleep 200')
    const stopped = project.runtime.stop()
    await expect(run('pid')).rejects.toMatchObject({ code: 'TREEWAY_BUSY' })
    await stopped
    expect(Number(await slow)).toBeGreaterThan(0)
  })
})
