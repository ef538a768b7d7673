import { describe, expect, it } from 'vitest'
import { python } from '../../src/languages/python/python.ts'
import { hasTool, openProject, readText } from '../workers/runtime-project.ts'
import { faultFiles } from './python-files.ts'

describe.skipIf(!hasTool('python3'))('many slow requests at once', () => {
  it('1,000 async ones wait together, not one after the other', async () => {
    const project = await openProject(python, faultFiles)
    await project.invoke('sleep.py')
    const began = performance.now()
    const answers = await Promise.all(
      Array.from({ length: 1000 }, async () => await project.invoke('sleep.py'))
    )
    // one after the other they would take 200 seconds
    expect(performance.now() - began).toBeLessThan(8000)
    expect(new Set(await Promise.all(answers.map(readText)))).toEqual(new Set(['slept']))
    await project.close()
  })

  it('blocking ones do not stop quick ones', async () => {
    const project = await openProject(python, faultFiles)
    await project.invoke('block.py')
    const blocked = Promise.all(Array.from({ length: 200 }, async () => await project.invoke('block.py')))
    const began = performance.now()
    expect(await readText(await project.invoke('hello.py'))).toBe('hello')
    const quickMs = performance.now() - began
    await blocked
    // one after the other the blocking ones take 10 seconds
    expect(performance.now() - began).toBeLessThan(6000)
    expect(quickMs).toBeLessThan(1000)
    await project.close()
  })

  it('wait for a place, and past the queue get 503 with a time to come back', async () => {
    const project = await openProject(python, faultFiles, {
      fn: { maxConcurrency: 2 },
      runtime: { maxQueue: 3 }
    })
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, async () => await project.invoke('sleep.py'))
    )
    expect(all.map(({ status }) => status)).toEqual([
      ...Array(5).fill('fulfilled'),
      ...Array(3).fill('rejected')
    ])
    expect(all.at(-1)).toMatchObject({
      reason: { code: 'TREEWAY_BUSY', statusCode: 503, retryAfterSeconds: 1 }
    })
    await project.close()
  })

  it('get 503 when their time is over before a place is free, and never run then', async () => {
    const files = {
      'once.py':
        'import time\nN = 0\ndef handler(event):\n    global N\n    N += 1\n    if event["query"]: return N\n    time.sleep(0.3)\n    return "x"\n'
    }
    const project = await openProject(python, files, { fn: { maxConcurrency: 1, timeoutMs: 200 } })
    const all = await Promise.allSettled(
      Array.from({ length: 3 }, async () => await project.invoke('once.py'))
    )
    const codes = all.map((one) =>
      one.status === 'rejected' ? (one.reason as { code: string }).code : one.status
    )
    expect(codes).toEqual(['TREEWAY_TIMEOUT', 'TREEWAY_BUSY', 'TREEWAY_BUSY'])
    // the one that ran is allowed to end; then its place is free again
    const count = async (): Promise<string> =>
      await project.invoke('once.py', { event: { query: { n: '1' } } }).then(readText, () => '')
    let counted = ''
    while (counted === '') counted = await count()
    expect(counted).toBe('2')
    await project.close()
  })

  it('are told to stop when their client is gone', async () => {
    const files = {
      'wait.py':
        'import asyncio\nENDED = []\nasync def handler(event):\n    if event["query"]: return len(ENDED)\n    try:\n        await asyncio.sleep(30)\n    finally:\n        ENDED.append(1)\n'
    }
    const project = await openProject(python, files)
    const client = new AbortController()
    const gone = project.invoke('wait.py', { signal: client.signal }).catch((error: unknown) => error)
    const ended = async (): Promise<string> =>
      await readText(await project.invoke('wait.py', { event: { query: { n: '1' } } }))
    expect(await ended()).toBe('0')
    client.abort()
    expect(await gone).toMatchObject({ code: 'TREEWAY_CLIENT_GONE' })
    while ((await ended()) !== '1') await new Promise(setImmediate)
    await project.close()
  })
})
