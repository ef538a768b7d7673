import { describe, expect, it } from 'vitest'
import { toServerOptions } from './server-options.ts'

describe('toServerOptions', () => {
  it('moves the options of the router, those given there win', () => {
    const options = {
      bodyLimit: 1,
      caseSensitive: false,
      ignoreTrailingSlash: true,
      routerOptions: { caseSensitive: true }
    }
    expect(toServerOptions(options)).toEqual({
      bodyLimit: 1,
      routerOptions: { caseSensitive: true, ignoreTrailingSlash: true }
    })
  })

  it('leaves others as they are', () => {
    const options = { bodyLimit: 1 }
    expect(toServerOptions(options)).toBe(options)
  })
})
