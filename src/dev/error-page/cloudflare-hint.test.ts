import { runInThisContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { toCloudflareHint } from './cloudflare-hint.ts'
import type { SourceFrame } from './read-source-frame.ts'

function toFrame(text: string): SourceFrame {
  return {
    lines: [
      { number: 6, text: 'before' },
      { number: 7, text }
    ],
    line: 7
  }
}

function toThrown(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    return error as Error
  }
  throw new Error('it did not throw')
}

describe('a hint', () => {
  test.each(['HTMLRewriter', 'caches', 'WebSocketPair', 'FixedLengthStream', 'IdentityTransformStream'])(
    'says what to do without %s',
    (name) => {
      const error = toThrown(() => runInThisContext(`${name}.default`))
      expect(toCloudflareHint(error, undefined)).toMatch(
        new RegExp(`^Only Cloudflare has ${name} \\(docs/pages\\.md\\)\\. \\w`)
      )
    }
  )

  test('names the binding that is not there', () => {
    const error = toThrown(() => (undefined as unknown as { get(): void }).get())
    for (const line of [
      'const a = await env.NOTES.get("a")',
      'context.env.NOTES.get()',
      "env['NOTES'].get()"
    ]) {
      expect(toCloudflareHint(error, toFrame(line))).toContain('Does env have NOTES?')
    }
  })

  test('knows what compares secrets', () => {
    const error = toThrown(() => runInThisContext('crypto.subtle.timingSafeEqual(1, 2)'))
    expect(toCloudflareHint(error, undefined)).toContain('node:crypto')
  })

  test('is there for nothing else', () => {
    const missing = toThrown(() => runInThisContext('noSuchName'))
    const property = toThrown(() => (undefined as unknown as { get(): void }).get())
    expect(toCloudflareHint(missing, undefined)).toBe(undefined)
    expect(toCloudflareHint(property, toFrame('user.name.get()'))).toBe(undefined)
    expect(toCloudflareHint(property, undefined)).toBe(undefined)
    expect(toCloudflareHint(new Error('caches is not defined'), undefined)).toBe(undefined)
  })
})
