import { describe, expect, it } from 'vitest'
import { TreewayError } from '../../src/errors.ts'
import { python } from '../../src/languages/python/python.ts'
import { hasTool, openProject, readText } from '../workers/runtime-project.ts'
import { faultFiles } from './python-files.ts'

const KILLS = 100

describe.skipIf(!hasTool('python3'))('a worker killed 100 times under load', () => {
  it(
    'leaves no request unanswered, and only those in flight fail, with 502',
    { timeout: 120_000 },
    async () => {
      const { 'sleep.py': sleep, 'hello.py': hello, 'pid.py': pid } = faultFiles
      const project = await openProject(python, { 'sleep.py': sleep, 'hello.py': hello, 'pid.py': pid })
      let isOver = false
      const seen: Record<string, number> = {}
      const count = (what: string): void => {
        seen[what] = (seen[what] ?? 0) + 1
      }
      const send = async (method: string, name: string): Promise<void> => {
        while (!isOver) {
          try {
            const answer = await project.invoke(name, { method, body: method === 'POST' ? 'x' : '' })
            count(`${method} ${answer.status} ${await readText(answer)}`)
          } catch (error) {
            count(error instanceof TreewayError ? `${method} ${error.code}` : String(error))
          }
        }
      }
      const load = [...Array(8)].flatMap(() => [
        send('GET', 'hello.py'),
        send('POST', 'hello.py'),
        send('POST', 'sleep.py')
      ])
      for (let kills = 0; kills < KILLS;) {
        try {
          process.kill(Number(await readText(await project.invoke('pid.py'))), 'SIGKILL')
          kills++
        } catch (error) {
          // its worker was killed by the round before: the next one answers
          if (!(error instanceof TreewayError) && (error as NodeJS.ErrnoException).code !== 'ESRCH')
            throw error
        }
      }
      isOver = true
      await Promise.all(load)
      const kinds = Object.keys(seen).toSorted()
      expect(kinds.filter((kind) => !kind.includes('TREEWAY'))).toEqual(
        ['GET 200 hello', 'POST 200 hello', 'POST 200 slept'].filter((kind) => kinds.includes(kind))
      )
      expect(
        new Set(kinds.filter((kind) => kind.includes('TREEWAY')).map((kind) => kind.split(' ')[1]))
      ).toEqual(new Set(['TREEWAY_WORKER_CRASHED']))
      expect(await readText(await project.invoke('hello.py'))).toBe('hello')
      await project.close()
    }
  )
})
