import { afterEach, describe, expect, it } from 'vitest'
import { lua } from '../../src/languages/lua/lua.ts'
import { hasTool, isAlive, openProject, readText, type RuntimeProject, waitFor } from './runtime-project.ts'

const PID = 'local f = io.open("/proc/self/stat") local pid = f:read("*n") f:close()'
const runs = (text: string): string =>
  `return function(event, params) ${PID} if params["do"] == "pid" then return ("%d"):format(pid) end ${text} end\n`

const files = {
  'pid.lua': runs(''),
  'spin.lua': runs('while true do end'),
  'kill.lua': runs('os.execute(("kill -9 %d"):format(pid)) return "still here"'),
  'memory.lua': runs('local all = {} for n = 1, 1e9 do all[n] = ("x"):rep(1e6) .. n end'),
  'sleep.lua': runs('os.execute("sleep 0.1") return ("%d"):format(pid)'),
  'endless.lua': runs('return function() os.execute("sleep 0.001") return "data\\n" end')
}

const interpreters = [
  ['LuaJIT', 'luajit', ['-v']],
  ['Lua 5.4', 'lua5.4', ['-v']]
] as const

describe.each(interpreters.filter(([, command, args]) => hasTool(command, args)))(
  '%s handlers that do harm',
  (kind) => {
    let project: RuntimeProject
    const open = async (timeoutMs = 10_000, maxMemoryBytes?: number): Promise<void> => {
      const choice = JSON.stringify({ runtime: { version: kind } })
      const runtime = maxMemoryBytes === undefined ? {} : { maxMemoryBytes }
      project = await openProject(lua, { ...files, '.luarc.json': choice }, { fn: { timeoutMs }, runtime })
    }
    const run = async (name: string, what = '', method = 'POST'): Promise<string> =>
      await readText(await project.invoke(name, { params: { do: what }, method }))

    afterEach(async () => await project.close())

    it('get 504 when they do not end, and others are served meanwhile', async () => {
      await open(1500)
      const pid = Number(await run('spin.lua', 'pid'))
      const late = run('spin.lua').catch((error: unknown) => error)
      expect(await run('pid.lua', 'pid')).toMatch(/^\d+$/)
      expect(await late).toMatchObject({ code: 'TREEWAY_TIMEOUT', statusCode: 504 })
      await waitFor(() => !isAlive(pid), 'the stuck process to be ended')
    })

    it('get 502 when their process is killed, and the next request is served', async () => {
      await open()
      const pid = await run('kill.lua', 'pid')
      await expect(run('kill.lua')).rejects.toMatchObject({
        code: 'TREEWAY_WORKER_CRASHED',
        statusCode: 502
      })
      expect(await run('kill.lua', 'pid')).not.toBe(pid)
    })

    it('lose their process when it grows above the memory limit', async () => {
      await open(20_000, 200 * 1024 * 1024)
      await expect(run('memory.lua')).rejects.toMatchObject({ code: 'TREEWAY_WORKER_CRASHED' })
      expect(await run('pid.lua', 'pid')).toMatch(/^\d+$/)
    })

    it('are run in more processes while they are slow', async () => {
      await open()
      const pids = await Promise.all(Array.from({ length: 16 }, async () => await run('sleep.lua')))
      expect(new Set(pids).size).toBeGreaterThan(1)
    })

    it('do not die of a Ctrl-C or a SIGTERM', async () => {
      await open()
      const pid = Number(await run('pid.lua', 'pid'))
      process.kill(pid, 'SIGTERM')
      if (kind === 'LuaJIT') process.kill(pid, 'SIGINT')
      expect(Number(await run('pid.lua', 'pid'))).toBe(pid)
    })

    it('leave no process behind when the runtime stops', async () => {
      await open()
      const pid = Number(await run('pid.lua', 'pid'))
      await project.runtime.stop()
      expect(isAlive(pid)).toBe(false)
    })

    // plain Lua hears of its client only when it must wait for it
    if (kind === 'LuaJIT')
      it('have their stream ended when the client goes away', async () => {
        await open()
        const answer = await project.invoke('endless.lua')
        if (answer.body === undefined || answer.body instanceof Uint8Array) throw new Error('no stream')
        for await (const piece of answer.body) {
          expect(String(piece)).toContain('data')
          break
        }
        const pid = Number(await run('pid.lua', 'pid'))
        expect(isAlive(pid)).toBe(true)
      })
  }
)
