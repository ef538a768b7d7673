import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildWhole } from './build-whole.ts'

let dir: string
let file: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'treeway-whole-'))
  file = join(dir, 'a.js')
  write('one')
})

afterEach(() => rmSync(dir, { recursive: true }))

let second = 1_000_000_000

function write(text: string): void {
  writeFileSync(file, text)
  utimesSync(file, ++second, second)
}

describe('a build', () => {
  it('is done again where a file was written meanwhile', async () => {
    const seen: boolean[] = []
    const built = await buildWhole([file], async (isWhole) => {
      if (seen.length === 0) write('two')
      seen.push(isWhole())
      return isWhole() ? 'built' : undefined
    })
    expect(built).toBe('built')
    expect(seen).toEqual([false, true])
  })

  it('that fails is done again only where a file was written meanwhile', async () => {
    let tries = 0
    const building = buildWhole([file], async () => {
      if (tries++ === 0) write('two')
      throw new Error(`try ${tries}`)
    })
    await expect(building).rejects.toThrow('try 2')
  })

  it('is given up where it is of no use and the files are what they were', async () => {
    let tries = 0
    expect(await buildWhole([file], async () => void tries++)).toBeUndefined()
    expect(tries).toBe(1)
  })
})
