import { describe, expect, it } from 'vitest'
import { MemoryCache } from './memory-cache.ts'

function entry(bytes: number): { bytes: number; used: boolean } {
  return { bytes, used: false }
}

describe('MemoryCache', () => {
  it('never holds more than its limit', () => {
    const cache = new MemoryCache(100)
    for (let index = 0; index < 1000; index++) {
      cache.set(`k${index % 37}`, entry(1 + (index % 60)))
      expect(cache.bytes).toBeLessThanOrEqual(100)
    }
  })

  it('drops what was not asked for first', () => {
    const cache = new MemoryCache(30)
    for (const key of ['a', 'b', 'c']) cache.set(key, entry(10))
    cache.get('a')
    cache.set('d', entry(10))
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key) !== undefined)).toEqual([true, false, true, true])
  })

  it('drops even what is used where all is used', () => {
    const cache = new MemoryCache(20)
    for (const key of ['a', 'b', 'c']) {
      cache.set(key, entry(10))
      cache.get(key)
    }
    expect(cache.bytes).toBe(20)
  })

  it('refuses what is larger than itself, and counts a replacement once', () => {
    const cache = new MemoryCache(20)
    cache.set('big', entry(21))
    cache.set('a', entry(10))
    cache.set('a', entry(15))
    expect([cache.get('big'), cache.bytes]).toEqual([undefined, 15])
    cache.clear()
    expect(cache.bytes).toBe(0)
  })
})
