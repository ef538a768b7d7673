import type { FastifyReply, FastifyRequest } from 'fastify'
import { describe, expect, it } from 'vitest'
import { createHostGuard } from './host-guard.ts'

function isAllowed(headers: Record<string, string>, hosts = ['api.example.com', '*.example.org']): boolean {
  let error: Error | undefined
  createHostGuard(hosts)(
    { headers } as unknown as FastifyRequest,
    {} as FastifyReply,
    (fault) => (error = fault)
  )
  if (error) expect(error).toMatchObject({ code: 'TREEWAY_HOST_NOT_ALLOWED', statusCode: 421 })
  return error === undefined
}

describe('hosts that a function answers for', () => {
  it.each([
    ['api.example.com', true],
    ['API.Example.Com:8080', true],
    ['a.example.org', true],
    ['a.b.example.org:443', true],
    ['example.org', false],
    ['evilexample.org', false],
    ['api.example.com.evil.example', false],
    ['other.example.com', false],
    ['', false]
  ])('%s: %s', (host, wanted) => {
    expect(isAllowed({ host })).toBe(wanted)
  })

  it('are not those of X-Forwarded-Host, which anyone can write', () => {
    expect(isAllowed({ host: 'evil.example', 'x-forwarded-host': 'api.example.com' })).toBe(false)
  })

  it('are none where the request has no Host header', () => {
    expect(isAllowed({})).toBe(false)
  })
})
