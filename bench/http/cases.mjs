import { readFileSync } from 'node:fs'
import { orders } from '../servers/orders.mjs'

const ORDER = {
  id: 4711,
  name: 'A kettle',
  active: true,
  tags: ['kitchen', 'steel'],
  address: { city: 'Bern', zip: '3011' }
}
const NOTE = 'Leave it with the neighbours, they are at home all day. '
/** 1 KB of JSON. */
const BODY = JSON.stringify({ ...ORDER, notes: Array.from({ length: 15 }, () => NOTE) })

/** The folder that static files are served from, by everybody. */
export const publicDir = new URL('../trees/files/public/', import.meta.url)

/** What is asked, what must come back, and at how many connections. The first number of connections is the main one. */
export const cases = [
  {
    id: 'hello',
    title: 'Hello, as JSON',
    request: { method: 'GET', path: '/hello' },
    expected: { hello: 'world' },
    connections: [64, 1, 256]
  },
  {
    id: 'parameter',
    title: 'One parameter',
    request: { method: 'GET', path: '/users/42' },
    expected: { id: '42' },
    connections: [64]
  },
  {
    id: 'echo',
    title: '1 KB of JSON, validated and sent back',
    request: { method: 'POST', path: '/echo', body: BODY },
    expected: JSON.parse(BODY),
    connections: [64]
  },
  {
    id: 'orders',
    title: '100 KB of JSON',
    request: { method: 'GET', path: '/orders' },
    expected: orders,
    connections: [64]
  },
  {
    id: 'file',
    title: 'A static file of 10 KB',
    request: { method: 'GET', path: '/file.txt' },
    text: readFileSync(new URL('file.txt', publicDir), 'utf8'),
    connections: [64]
  }
]
