import { expect, test } from 'vitest'
import { toListeners } from './port-holder.ts'

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0 100 0 0 10 0
   1: 0100007F:0BB8 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 4343 1 0 20 4 30 10 -1
   2: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4444 1 0 100 0 0 10 0
`

test('only sockets that listen on the port are taken from the table', () => {
  expect(toListeners(table, 3000)).toEqual(['4242'])
  expect(toListeners(table, 8080)).toEqual(['4444'])
  expect(toListeners(table, 80)).toEqual([])
  expect(toListeners('', 80)).toEqual([])
})
