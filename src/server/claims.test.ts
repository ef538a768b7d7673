import { describe, expect, it } from 'vitest'
import { parseRoutePattern } from '../routes/parse-route-pattern.ts'
import { createClaims, listPlaces } from './claims.ts'
import type { Claimant } from './claims.ts'

const SUPPORTED = ['GET', 'HEAD', 'POST', 'PUT']

function toClaimant(line: string): Claimant {
  const [methods = '', url = ''] = line.split(' ')
  const parsed = parseRoutePattern(url)
  if (parsed.kind === 'error') throw new Error(parsed.error.message)
  return { methods: methods.split(','), pattern: parsed.pattern }
}

/** What each claimant gets: for an optional rest, first with something behind, then with nothing. */
function settle(lines: readonly string[]): string[] {
  const claimants = lines.map(toClaimant)
  const claims = createClaims(claimants)
  return claimants.map((claimant) =>
    listPlaces(claimant.pattern)
      .map((place) => claims.take(claimant, place, SUPPORTED).join())
      .join(' | ')
  )
}

describe('who answers a method of a pattern', () => {
  it.each<[string, string[], string[]]>([
    ['GET comes with HEAD', ['GET /a'], ['GET,HEAD']],
    ['a file that names HEAD keeps it', ['GET /a', 'HEAD /a'], ['GET', 'HEAD']],
    ['ANY is what nobody names', ['* /a', 'GET /a'], ['POST,PUT', 'GET,HEAD']],
    ['other parameter names are the same pattern', ['* /:a', 'POST /:b'], ['GET,HEAD,PUT', 'POST']],
    [
      'ANY of the rest does not give way to the optional rest',
      ['* /:r*', 'GET /[[...o]]'],
      ['GET,HEAD,POST,PUT', ' | GET,HEAD']
    ],
    [
      'the folder itself is asked before its optional rest',
      ['* /d', 'GET /d/[[...o]]'],
      ['GET,HEAD,POST,PUT', 'GET,HEAD | ']
    ],
    [
      'what the folder does not have, the optional rest has',
      ['POST /d', '* /d/[[...o]]'],
      ['POST', 'GET,HEAD,POST,PUT | GET,HEAD,PUT']
    ]
  ])('%s', (_rule, lines, wanted) => {
    expect(settle(lines)).toEqual(wanted)
  })

  it('is only ever one', () => {
    expect(settle(['GET /a', 'GET,POST /a'])).toEqual(['GET,HEAD', 'POST'])
  })
})
