import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { toVersionCheck, type ServerKind } from './http-version.ts'

const kinds: [string, ServerKind, number[]][] = [
  ['http', {}, [1]],
  ['https', { https: {} }, [1]],
  ['http2', { http2: true }, [2]],
  ['http2 with https', { http2: true, https: {} }, [2]],
  ['http2 with https.allowHTTP1', { http2: true, https: { allowHTTP1: true } }, [2, 1]]
]

describe('majors of HTTP', () => {
  it.each(kinds)('that %s serves', (_name, kind, majors) => {
    const isServed = toVersionCheck(kind)
    for (const major of [0, 1, 2, 3]) {
      expect(isServed({ httpVersionMajor: major } as IncomingMessage)).toBe(majors.includes(major))
    }
  })
})
