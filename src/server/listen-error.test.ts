import { expect, test } from 'vitest'
import { toListenError } from './listen-error.ts'

const address = { host: '192.0.2.1', port: 80 }

test.each([
  ['EADDRINUSE', 'TREEWAY_PORT_TAKEN', 'Port 80 is taken.'],
  [
    'EADDRNOTAVAIL',
    'TREEWAY_LISTEN_FAILED',
    'Can not listen on 192.0.2.1, port 80: this machine has no such address.'
  ]
])('%s becomes %s', (code, expected, message) => {
  const cause = Object.assign(new Error(code), { code })
  expect(toListenError(cause, address)).toMatchObject({ code: expected, message, cause })
})

test('what has nothing to do with listening stays as it is', () => {
  const error = new Error('other')
  expect(toListenError(error, address)).toBe(error)
})
