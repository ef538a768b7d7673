import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { openApp } from '../../src/app.ts'
import { listFaults } from './open-document.ts'

describe.each(['shop', 'polyglot'])('the document of examples/%s', (name) => {
  test('is valid, and every operation has an id', async () => {
    const dir = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url))
    const { app } = await openApp({ dir, problems: 'serve' }, { openapi: 'unserved', isOnlyRead: true })
    const document = await app.treeway.openapi?.readDocument()
    await app.close()
    if (!document) throw new Error('There is no document.')
    expect(await listFaults(document)).toEqual([])
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item))
    expect(operations.length).toBeGreaterThan(5)
    expect(operations.filter((operation) => !operation?.operationId)).toEqual([])
  }, 60_000)
})
