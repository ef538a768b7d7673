import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installList } from './install-list.ts'
import { removeUnusedInstalls } from './remove-unused-installs.ts'

const DAY_S = 86_400
const OLD = 'npm/0123456789abcdef'
let stateDir: string

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'treeway-installs-'))
})

afterEach(() => rmSync(stateDir, { recursive: true }))

function install(name: string, daysAgo: number): string {
  const folder = join(stateDir, name)
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  writeFileSync(join(folder, '.complete'), '')
  const at = Date.now() / 1000 - daysAgo * DAY_S
  utimesSync(join(folder, '.complete'), at, at)
  return folder
}

const isThere = (name: string): boolean => existsSync(join(stateDir, name))

describe('installed dependencies', () => {
  it('are removed when nobody has used them for 30 days', async () => {
    for (const parent of ['npm', 'python', 'php']) {
      install(`${parent}/0123456789abcdef`, 31)
      install(`${parent}/fedcba9876543210`, 29)
    }
    await removeUnusedInstalls(stateDir)
    for (const parent of ['npm', 'python', 'php']) {
      expect(isThere(`${parent}/0123456789abcdef`)).toBe(false)
      expect(isThere(`${parent}/0123456789abcdef.lock`)).toBe(false)
      expect(isThere(`${parent}/fedcba9876543210/.complete`)).toBe(true)
    }
  })

  it('stay where they are used again', async () => {
    const folder = install(OLD, 31)
    const context = { isFrozen: true, onProgress: () => undefined, signal: AbortSignal.abort() }
    const fill = async (): Promise<never> => Promise.reject(new Error('It is installed.'))
    expect(await installList({ name: 'package.json', folder }, context, fill)).toBeUndefined()
    await removeUnusedInstalls(stateDir)
    expect(isThere(`${OLD}/.complete`)).toBe(true)
  })

  it('stay while somebody installs them', async () => {
    install(OLD, 31)
    writeFileSync(join(stateDir, `${OLD}.lock`), String(process.pid))
    await removeUnusedInstalls(stateDir)
    expect(isThere(`${OLD}/.complete`)).toBe(true)
  })

  it('are all that is removed', async () => {
    const others = ['npm/unreadable', 'python/cache', 'go/0123456789abcdef', 'npm/0123456789abcdef0']
    for (const name of others) install(name, 31)
    mkdirSync(join(stateDir, 'php/0123456789abcdef'), { recursive: true })
    await removeUnusedInstalls(stateDir)
    expect([...others, 'php/0123456789abcdef'].filter((name) => !isThere(name))).toEqual([])
  })
})
