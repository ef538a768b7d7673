import { describe, expect, it } from 'vitest'
import { chooseEncoding } from './accept-encoding.ts'

const both = ['br', 'gzip'] as const

const choices = [
  [undefined, undefined],
  ['', undefined],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['br;q=0.5, gzip;q=0.8', 'gzip'],
  ['br; q=0.8 ,gzip;q=0.8', 'br'],
  ['*', 'br'],
  ['*;q=0', undefined],
  ['br;q=0, *', 'gzip'],
  ['identity;q=1, br;q=0.5', undefined],
  ['identity;q=0', undefined],
  ['br;q=x', undefined],
  ['deflate', undefined]
] as const

describe('chooseEncoding', () => {
  it.each(choices)('%j: %j', (accepted, expected) => {
    expect(chooseEncoding(both, accepted)).toBe(expected)
  })

  it('offers only what is there', () => {
    expect(chooseEncoding(['gzip'], 'br, gzip;q=0.1')).toBe('gzip')
    expect(chooseEncoding([], 'br')).toBeUndefined()
  })
})
