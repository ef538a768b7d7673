import { describe, expect, it } from 'vitest'
import { isPageRequest } from './single-page.ts'

const requests = [
  ['/dash/team', { accept: 'text/html,application/xhtml+xml' }, true],
  ['/dash/team/', { accept: '*/*' }, true],
  ['/dash', { 'sec-fetch-mode': 'navigate' }, true],
  ['/v1.2/dash', { accept: '*/*' }, true],
  ['/apiary', { accept: '*/*' }, true],
  ['/dash', {}, false],
  ['/dash', { accept: 'application/json' }, false],
  ['/missing.js', { accept: 'text/html' }, false],
  ['/api', { accept: '*/*' }, false],
  ['/api/unknown', { accept: '*/*' }, false]
] as const

describe('isPageRequest', () => {
  it.each(requests)('%s with %j: %s', (path, headers, expected) => {
    expect(isPageRequest({ method: 'GET', path, search: '', headers })).toBe(expected)
  })
})
