import { describe, expect, it } from 'vitest'
import { python } from '../../src/languages/python/python.ts'
import { hasTool, openProject, readText } from '../workers/runtime-project.ts'
import { faultFiles } from './python-files.ts'

describe.skipIf(!hasTool('python3'))('a handler that exits', () => {
  it('fails alone when it calls exit()', async () => {
    const project = await openProject(python, faultFiles)
    const pid = await readText(await project.invoke('pid.py'))
    await expect(project.invoke('exit.py')).rejects.toThrow('exit.py: SystemExit: 3')
    expect(await readText(await project.invoke('thread_exit.py'))).toBe('still here')
    expect(await readText(await project.invoke('pid.py'))).toBe(pid)
    await project.close()
  })

  it('takes its process along when it ends it, and gets 502 with the last words as cause', async () => {
    const project = await openProject(python, faultFiles)
    const pid = await readText(await project.invoke('pid.py'))
    const error = await project
      .invoke('hard_exit.py', { method: 'POST' })
      .catch((caught: unknown) => caught as Error)
    expect(error).toMatchObject({ code: 'TREEWAY_WORKER_CRASHED', statusCode: 502 })
    expect(String(error)).toContain('exit status 3')
    expect(((error as Error).cause as Error).stack).toContain('last words')
    expect(await readText(await project.invoke('pid.py'))).not.toBe(pid)
    await project.close()
  })
})
