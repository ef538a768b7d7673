import { afterEach, describe, expect, it } from 'vitest'
import { php } from '../../src/languages/php/php.ts'
import { hasTool, isAlive, openProject, readText, type RuntimeProject, waitFor } from './runtime-project.ts'

const runs = (text: string): string => `<?php\nfunction handler($event, $params) { ${text} }\n`

const files = {
  'pid.php': runs('return getmypid();'),
  'exit.php': runs(
    'if (($params["do"] ?? "") === "pid") return getmypid(); print "before\\n"; ob_clean(); exit(3);'
  ),
  'exit-text.php': runs('http_response_code(403); exit("no");'),
  'load-exit.php': '<?php\nexit(1);\nfunction handler() {}\n',
  'memory.php': runs(
    'ini_set("memory_limit", "16M"); $all = []; while (true) { $all[] = str_repeat("x", 100000); }'
  ),
  'spin.php': runs('if (($params["do"] ?? "") === "pid") return getmypid(); while (true) { }'),
  'kill.php': runs(
    'if (($params["do"] ?? "") === "pid") return getmypid(); posix_kill(getmypid(), 9); sleep(10);'
  ),
  'sleep.php': runs('usleep(100000); return getmypid();')
}

describe.skipIf(!hasTool('php'))('PHP handlers that do harm', () => {
  let project: RuntimeProject
  const open = async (timeoutMs = 10_000): Promise<void> => {
    project = await openProject(php, files, { fn: { timeoutMs } })
  }
  const run = async (name: string, what = '', method = 'POST'): Promise<string> =>
    await readText(await project.invoke(name, { params: { do: what }, method }))

  afterEach(async () => await project.close())

  it('fail with 500 when they call exit() and have answered nothing, and nobody else is harmed', async () => {
    await open()
    for (let n = 0; n < 5; n++) await run('exit.php', 'pid')
    // quick calls are lined up in one process: those behind the one that exits go to another
    const all = await Promise.allSettled(
      ['pid', '', 'pid', 'pid', '', 'pid'].map(async (what) => await run('exit.php', what))
    )
    expect(all.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled'
    ])
    expect(all[1]).toMatchObject({
      reason: { code: 'TREEWAY_HANDLER_FAILED', statusCode: 500, message: /called exit\(\)/ }
    })
    await expect(run('load-exit.php')).rejects.toMatchObject({ code: 'TREEWAY_LOAD_FAILED' })
  })

  it('answer by exit(), as PHP programs do', async () => {
    await open()
    const answer = await project.invoke('exit-text.php')
    expect([answer.status, await readText(answer)]).toEqual([403, 'no'])
  })

  it('fail with 500 and the place when PHP runs out of memory, every time', async () => {
    await open()
    for (let n = 0; n < 3; n++) {
      const failed = run('memory.php')
      await expect(failed).rejects.toMatchObject({
        code: 'TREEWAY_HANDLER_FAILED',
        problems: [{ file: 'memory.php', line: 2 }]
      })
      await expect(failed).rejects.toThrow(/Allowed memory size/)
    }
  })

  it('get 504 when they do not end, and their process is replaced', async () => {
    await open(1500)
    const pid = Number(await run('spin.php', 'pid'))
    await expect(run('spin.php')).rejects.toMatchObject({ code: 'TREEWAY_TIMEOUT', statusCode: 504 })
    await waitFor(() => !isAlive(pid), 'the stuck process to be ended')
    expect(Number(await run('spin.php', 'pid'))).not.toBe(pid)
  })

  it('get 502 when their process is killed, and the next request is served', async () => {
    await open()
    const pid = await run('kill.php', 'pid')
    await expect(run('kill.php')).rejects.toMatchObject({ code: 'TREEWAY_WORKER_CRASHED', statusCode: 502 })
    expect(await run('kill.php', 'pid')).not.toBe(pid)
  })

  it('are run in more processes while they are slow', async () => {
    await open()
    const pids = await Promise.all(Array.from({ length: 16 }, async () => await run('sleep.php')))
    expect(new Set(pids).size).toBeGreaterThan(1)
  })

  it('leave no process behind when the runtime stops', async () => {
    await open()
    const pid = Number(await run('pid.php'))
    await project.runtime.stop()
    expect(isAlive(pid)).toBe(false)
  })
})
