import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { python } from '../../src/languages/python/python.ts'
import { hasTool, isAlive, openProject, readText, waitFor } from '../workers/runtime-project.ts'
import { faultFiles } from './python-files.ts'

describe.skipIf(!hasTool('python3') || !existsSync('/proc/self/statm'))(
  'a worker that grows above its limit',
  () => {
    it('is replaced, and no request is lost', async () => {
      const project = await openProject(python, faultFiles, { runtime: { maxMemoryBytes: 200_000_000 } })
      const pid = Number(await readText(await project.invoke('pid.py')))
      for (let n = 0; n < 2; n++) await project.invoke('memory.py')
      await waitFor(() => !isAlive(pid), 'the worker to be replaced')
      expect(await readText(await project.invoke('memory.py'))).toBe('1')
      await project.close()
    })
  }
)
