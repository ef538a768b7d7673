import { describe, expect, it } from 'vitest'
import { python } from '../../src/languages/python/python.ts'
import { hasTool, openProject, readBody, readText } from '../workers/runtime-project.ts'
import { faultFiles } from './python-files.ts'

describe.skipIf(!hasTool('python3'))('an answer of 100 MB', () => {
  it('arrives whole, and others are served around it', async () => {
    const project = await openProject(python, faultFiles)
    const large = project.invoke('hundred.py')
    expect(await readText(await project.invoke('hello.py'))).toBe('hello')
    const body = await readBody(await large)
    expect(body.length).toBe(100_000_000)
    expect(body.subarray(-20).toString()).toBe('01234567890123456789')
    await project.close()
  })
})
