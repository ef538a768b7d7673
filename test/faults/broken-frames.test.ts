import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { python } from '../../src/languages/python/python.ts'
import { hasTool, openProject, readBody, readText } from '../workers/runtime-project.ts'
import { faultFiles } from './python-files.ts'

describe.skipIf(!hasTool('python3'))('frames that are none', () => {
  it('half a frame is a crash: 502, and the next request is served', async () => {
    const project = await openProject(python, faultFiles)
    await expect(project.invoke('half.py', { method: 'POST' })).rejects.toMatchObject({ statusCode: 502 })
    expect(await readText(await project.invoke('hello.py'))).toBe('hello')
    await project.close()
  })

  it('random bytes on the channel end the worker: 502, and the next request is served', async () => {
    const project = await openProject(python, faultFiles)
    await expect(project.invoke('garbage.py', { method: 'POST' })).rejects.toMatchObject({ statusCode: 502 })
    expect(await readText(await project.invoke('hello.py'))).toBe('hello')
    await project.close()
  })

  it('random bodies come back intact, many at once, of every size', async () => {
    const project = await openProject(python, faultFiles)
    const bodies = Array.from({ length: 60 }, (_, index) => randomBytes(1 + Math.floor(1.27 ** index)))
    const echo = async (body: Buffer): Promise<boolean> => {
      const answer = await project.invoke('echo.py', { method: 'POST', body })
      return (await readBody(answer)).equals(body)
    }
    expect(await Promise.all(bodies.map(echo))).toEqual(bodies.map(() => true))
    await project.close()
  })
})
