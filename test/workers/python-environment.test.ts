import { afterEach, describe, expect, it } from 'vitest'
import { python } from '../../src/languages/python/python.ts'
import { hasTool, openProject, readText, type RuntimeProject, waitFor } from './runtime-project.ts'

describe.skipIf(!hasTool('python3'))("a Python handler's environment", () => {
  let project: RuntimeProject

  const json = async (name: string): Promise<unknown> =>
    JSON.parse(await readText(await project.invoke(name))) as unknown

  afterEach(async () => await project.close())

  it('holds path, locale and temp folder, and nothing else of the host', async () => {
    const hostEnv = {
      PATH: process.env['PATH'],
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
      HOME: '/h',
      SECRET: 'no'
    }
    const files = { 'x.py': 'import os\ndef handler(event):\n    return sorted(os.environ)\n' }
    project = await openProject(python, files, { runtime: { hostEnv } })
    // LC_CTYPE is set by Python itself where the locale is C
    expect((await json('x.py')) as string[]).toEqual(['LANG', 'LC_ALL', 'PATH'])
  })

  it("shows a function's own variables in os.environ and in the event, and no other function's", async () => {
    const text = `import os
AT_LOAD = os.environ.get("GREETING")
async def handler(event):
    return [event["env"], os.environ.get("GREETING"), os.getenv("GREETING"), "GREETING" in os.environ,
            dict(os.environ).get("GREETING"), AT_LOAD, os.environ.get("ONLY_B")]
`
    const env = { 'a.py': { GREETING: 'hi' }, 'b.py': { GREETING: 'ho', ONLY_B: '1' } }
    project = await openProject(python, { 'a.py': text, 'b.py': text, 'c.py': text }, { env })
    const a = [{ GREETING: 'hi' }, 'hi', 'hi', true, 'hi', 'hi', null]
    const b = [{ GREETING: 'ho', ONLY_B: '1' }, 'ho', 'ho', true, 'ho', 'ho', '1']
    const c = [{}, null, null, false, null, null, null]
    const all = await Promise.all(['a.py', 'b.py', 'c.py', 'a.py', 'b.py', 'c.py'].map(json))
    expect(all).toEqual([a, b, c, a, b, c])
  })

  it('keeps what a call changes in its own variables for that call', async () => {
    const text = `import os
def handler(event):
    before = os.environ["GREETING"]
    os.environ["GREETING"] = "changed"
    return [before, os.environ["GREETING"]]
`
    project = await openProject(python, { 'x.py': text }, { env: { 'x.py': { GREETING: 'hi' } } })
    expect([await json('x.py'), await json('x.py')]).toEqual([
      ['hi', 'changed'],
      ['hi', 'changed']
    ])
  })

  it('keeps prints, context variables and environments of parallel calls apart', async () => {
    const text = `import asyncio, contextvars
WHO = contextvars.ContextVar("who")
async def handler(event):
    WHO.set(event["id"])
    for n in range(5):
        print(event["id"], n)
        await asyncio.sleep(0.001)
    return WHO.get()
`
    project = await openProject(python, { 'x.py': text })
    const ids = Array.from({ length: 50 }, (_, index) => `parallel-${index}`)
    const answers = await Promise.all(ids.map(async (id) => await project.invoke('x.py', { event: { id } })))
    expect(await Promise.all(answers.map(readText))).toEqual(ids)
    for (const id of ids) {
      const lines = project.logs.filter(({ requestId }) => requestId === id).map(({ text: line }) => line)
      expect(lines).toEqual([0, 1, 2, 3, 4].map((n) => `${id} ${n}`))
    }
  })

  it('lets handlers start and end programs and processes of their own', async () => {
    const text = `import multiprocessing, subprocess, sys, time
def work(queue):
    print("from the fork")
    queue.put(21 * 2)
def handler(event):
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=work, args=(queue,))
    child.start()
    value = queue.get()
    child.join()
    program = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    program.terminate()
    return [value, child.exitcode, program.wait(10)]
`
    project = await openProject(python, { 'x.py': text })
    expect(await json('x.py')).toEqual([42, 0, -15])
    await waitFor(() => project.logs.some(({ text: line }) => line === 'from the fork'), 'the printed line')
  })
})
