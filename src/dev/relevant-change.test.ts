import { expect, test } from 'vitest'
import { isIgnored } from '../files/watch-tree.ts'
import { isRelevant, isSettings } from './relevant-change.ts'

test.each([
  'functions/a.ts',
  'functions/[id].py',
  'fn.config.json',
  '.env',
  '.dev.vars',
  'public/_headers',
  'go.mod'
])('%s can change what is served', (path) => {
  expect(isRelevant(path)).toBe(true)
  expect(isIgnored(path, ['.treeway'])).toBe(false)
})

test.each(['data/base/1/1249', 'shop.db', 'shop.db-wal', 'debug.log', 'functions'])('%s can not', (path) => {
  expect(isRelevant(path)).toBe(false)
})

test.each(['node_modules/a/b.js', '.git/HEAD', '.treeway/x.js', 'a/__pycache__/x.py', 'state/x.js'])(
  '%s is not watched',
  (path) => {
    expect(isIgnored(path, ['state'])).toBe(true)
  }
)

test('only the files of the project directory itself say options', () => {
  expect(['treeway.config.ts', '.env', '.env.local', '.dev.vars', 'wrangler.toml'].every(isSettings)).toBe(
    true
  )
  expect(['functions/treeway.config.ts', 'a/.env', 'package.json'].some(isSettings)).toBe(false)
})
