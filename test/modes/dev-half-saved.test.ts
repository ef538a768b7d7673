import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createProject, startTreeway } from '../cli/run-treeway.ts'
import type { Project, Running } from '../cli/run-treeway.ts'
import { startLoad } from './load.ts'

let project: Project | undefined
let cli: Running | undefined

afterEach(async () => {
  await cli?.stop('SIGKILL')
  project?.remove()
})

const toHandler = (word: string): string => `export const handler = () => "${word}"\n`
/** Longer than dev waits for quiet, shorter than a file may be empty without being meant so. */
const EMPTY_MS = 60

describe('dev', () => {
  it('serves the file as it was while a program has emptied it and not yet written it', async () => {
    project = createProject({ 'functions/hello.js': toHandler('0') })
    cli = startTreeway(['dev', '--port', '0'], { cwd: project.dir })
    const [, url = ''] = await cli.waitFor(/Local\s+(http:\S+)/)
    const load = startLoad({ url: `${url}/hello`, connections: 2 })
    for (const word of ['1', '2', '3', '4', '5']) {
      const file = openSync(join(project.dir, 'functions/hello.js'), 'w')
      const emptiedAt = performance.now()
      while (performance.now() - emptiedAt < EMPTY_MS) await load.waitFor(1)
      writeSync(file, toHandler(word))
      closeSync(file)
      await expect
        .poll(async () => (await fetch(`${url}/hello`)).text(), { timeout: 10_000, interval: 5 })
        .toBe(word)
    }
    const { failures, statuses } = await load.stop()
    expect(failures).toEqual([])
    expect([...statuses.keys()]).toEqual([200])
    expect(cli.stderr()).not.toMatch(/TREEWAY_/)
  }, 60_000)
})
