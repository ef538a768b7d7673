const NOTE = 'Leave it with the neighbours, they are at home all day. '
/** 1 KB of JSON. */
const ORDER = {
  id: 4711,
  name: 'A kettle',
  active: true,
  tags: ['kitchen', 'steel'],
  address: { city: 'Bern', zip: '3011' },
  notes: Array.from({ length: 15 }, () => NOTE)
}

export const ENDPOINTS = [
  { name: 'hello', request: { method: 'GET', path: '/hello' }, expected: { hello: 'world' } },
  {
    name: 'echo',
    request: { method: 'POST', path: '/echo', body: JSON.stringify(ORDER) },
    expected: ORDER
  }
]
