import { describe, expect, it } from 'vitest'
import { python } from '../../src/languages/python/python.ts'
import { hasTool, isAlive, openProject, readText, waitFor } from '../workers/runtime-project.ts'
import { faultFiles } from './python-files.ts'

describe.skipIf(!hasTool('python3'))('a handler that never ends', () => {
  it('gets 504 at its time limit, others are served meanwhile, and its worker is replaced', async () => {
    const project = await openProject(python, faultFiles, { fn: { timeoutMs: 1000 } })
    const pid = Number(await readText(await project.invoke('pid.py')))
    const late = project.invoke('forever.py').catch((error: unknown) => error)
    for (let n = 0; n < 5; n++) expect(await readText(await project.invoke('hello.py'))).toBe('hello')
    expect(await late).toMatchObject({ code: 'TREEWAY_TIMEOUT', statusCode: 504 })
    await waitFor(() => !isAlive(pid), 'the stuck worker to be ended')
    expect(Number(await readText(await project.invoke('pid.py')))).not.toBe(pid)
    await project.close()
  })

  it('lets a call that only waits too long go on without a new worker when it ends in time', async () => {
    const project = await openProject(python, faultFiles, { fn: { timeoutMs: 100 } })
    const pid = Number(await readText(await project.invoke('pid.py')))
    // an async handler is cancelled, which frees its place at once
    await expect(project.invoke('sleep.py')).rejects.toMatchObject({ code: 'TREEWAY_TIMEOUT' })
    expect(Number(await readText(await project.invoke('pid.py')))).toBe(pid)
    await project.close()
  })
})
