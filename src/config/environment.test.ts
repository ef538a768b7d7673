import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ProcessEnvironment } from './environment.ts'

let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'treeway-env-'))
})

afterEach(() => {
  rmSync(dir, { recursive: true, force: true })
})

test('the variables of the process win over .env.local, and that over .env', () => {
  writeFileSync(join(dir, '.env'), 'A=file\nB=file\nC="with space"\n')
  writeFileSync(join(dir, '.env.local'), 'B=local\n')
  const target: Record<string, string | undefined> = { A: 'process' }
  const { environment, files } = new ProcessEnvironment(target).readDotEnv(dir)
  expect(files).toEqual(['.env.local', '.env'])
  expect(environment).toEqual({ A: 'process', B: 'local', C: 'with space' })
  expect(target).toEqual({ A: 'process', B: 'local', C: 'with space' })
})

test('a changed .env counts when it is read again', () => {
  const target: Record<string, string | undefined> = { KEEP: '1' }
  const environment = new ProcessEnvironment(target)
  writeFileSync(join(dir, '.env'), 'A=1\nB=1\n')
  environment.readDotEnv(dir)
  target['SET_BY_HANDLER'] = 'x'
  writeFileSync(join(dir, '.env'), 'A=2\n')
  environment.readDotEnv(dir)
  expect(target).toEqual({ KEEP: '1', SET_BY_HANDLER: 'x', A: '2' })
})

test('no file is no change', () => {
  const target = { A: '1' }
  expect(new ProcessEnvironment(target).readDotEnv(dir)).toEqual({ environment: { A: '1' }, files: [] })
})
