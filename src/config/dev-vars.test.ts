import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readDevVars } from './dev-vars.ts'

let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'treeway-vars-'))
})

afterEach(() => {
  rmSync(dir, { recursive: true, force: true })
})

test('.env.local wins over .env', () => {
  writeFileSync(join(dir, '.env'), 'A=file\nB=file\n')
  writeFileSync(join(dir, '.env.local'), 'B=local\n')
  expect(readDevVars(dir)).toEqual({ A: 'file', B: 'local' })
})

test('.dev.vars is read alone, quotes, comments and lines within quotes included', () => {
  writeFileSync(join(dir, '.env'), 'A=file\n')
  writeFileSync(
    join(dir, '.dev.vars'),
    '# secrets\nB="two words" # said\nC="line one\nline two"\nexport D=4\n'
  )
  expect(readDevVars(dir)).toEqual({ B: 'two words', C: 'line one\nline two', D: '4' })
})

test('an empty .dev.vars keeps the others away too; no file says nothing', () => {
  expect(readDevVars(dir)).toEqual({})
  writeFileSync(join(dir, '.env'), 'A=file\n')
  writeFileSync(join(dir, '.dev.vars'), '')
  expect(readDevVars(dir)).toEqual({})
})
