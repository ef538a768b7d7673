const order = JSON.stringify({
  order: 1,
  lines: Array.from({ length: 20 }, (_, i) => ({ article: i, count: 2 }))
})

/**
 * What clients do: `status` is the answer that is expected. `abort` ends the connection in the middle of the request or of
 * the answer.
 */
export const actions = [
  { method: 'GET', path: '/reply', status: 200 },
  { method: 'GET', path: '/event?a=1&a=2', status: 200 },
  { method: 'POST', path: '/context', body: order, status: 200 },
  { method: 'POST', path: '/web', body: order, status: 200 },
  { method: 'GET', path: '/users/42', status: 200 },
  { method: 'GET', path: '/file.txt', status: 200 },
  { method: 'GET', path: '/stream', status: 200 },
  { method: 'HEAD', path: '/users/42', status: 200 },
  { method: 'GET', path: '/nothing', status: 404 },
  { method: 'DELETE', path: '/web', status: 405 },
  { method: 'GET', path: '/fault', status: 500 },
  { method: 'POST', path: '/web', body: '{ not JSON', status: 500 },
  { method: 'GET', path: '/slow', abort: 'answer' },
  { method: 'GET', path: '/stream', abort: 'answer' },
  { method: 'POST', path: '/web', body: order, abort: 'body' },
  { method: 'POST', path: '/context', body: order, abort: 'body' }
]
