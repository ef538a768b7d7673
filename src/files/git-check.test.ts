import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGitCheck } from './git-check.ts'

let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'treeway-git-'))
  mkdirSync(join(dir, 'apps/shop'), { recursive: true })
})

afterEach(() => rmSync(dir, { recursive: true }))

describe('git is at work', () => {
  it('while it holds the lock of the repository that the folder is in', () => {
    mkdirSync(join(dir, '.git'))
    const isGitAtWork = createGitCheck(join(dir, 'apps/shop'))
    expect(isGitAtWork()).toBe(false)
    writeFileSync(join(dir, '.git/index.lock'), '')
    expect(isGitAtWork()).toBe(true)
  })

  it('in a worktree too, whose lock is elsewhere', () => {
    mkdirSync(join(dir, 'elsewhere'))
    writeFileSync(join(dir, 'apps/.git'), 'gitdir: ../elsewhere\n')
    const isGitAtWork = createGitCheck(join(dir, 'apps/shop'))
    expect(isGitAtWork()).toBe(false)
    writeFileSync(join(dir, 'elsewhere/index.lock'), '')
    expect(isGitAtWork()).toBe(true)
  })
})
