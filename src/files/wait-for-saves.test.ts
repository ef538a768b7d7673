import { mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { waitForSaves } from './wait-for-saves.ts'

let dir: string
let file: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'treeway-saves-'))
  file = join(dir, 'a.js')
})

afterEach(() => rmSync(dir, { recursive: true }))

/** Written so long ago that nobody is at it. */
function writeSettled(text: string): void {
  writeFileSync(file, text)
  utimesSync(file, 1_000_000_000, 1_000_000_000)
}

describe('files that are saved', () => {
  it('are whole until one of them is written again', async () => {
    writeSettled('one')
    const isWhole = await waitForSaves([file, join(dir, 'none.js')])
    expect(isWhole()).toBe(true)
    writeFileSync(file, 'two')
    expect(isWhole()).toBe(false)
  })

  it('are waited for while one is empty and not yet written', async () => {
    writeFileSync(file, '')
    let isSaved = false
    const waiting = waitForSaves([file]).then((isWhole) => ({ isSaved, isWhole }))
    setImmediate(() => {
      isSaved = true
      writeSettled('one')
    })
    const { isWhole, ...seen } = await waiting
    expect(seen.isSaved).toBe(true)
    expect(isWhole()).toBe(true)
  })

  it('may be empty, where they stay so', async () => {
    writeSettled('')
    expect((await waitForSaves([file]))()).toBe(true)
  })

  it('are not whole when one is emptied', async () => {
    writeSettled('one')
    const isWhole = await waitForSaves([file])
    truncateSync(file)
    expect(isWhole()).toBe(false)
  })

  it('are not whole when one comes or goes', async () => {
    const isWhole = await waitForSaves([file])
    expect(isWhole()).toBe(true)
    writeSettled('one')
    expect(isWhole()).toBe(false)
    const isStill = await waitForSaves([file])
    rmSync(file)
    expect(isStill()).toBe(false)
  })
})
