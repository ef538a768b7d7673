import { describe, expect, test } from 'vitest'
import { parseFastifyUrl, toDocumentUrl } from './document-url.ts'
import { toOperationId } from './operation-id.ts'

describe('a URL of Fastify', () => {
  test.each([
    ['/', '/', []],
    ['/users/:id', '/users/{id}', ['id']],
    ['/users/:id?', '/users/{id}', ['id']],
    ['/at/:hour(^\\d{2}(?:h|H)$):minute(^\\d{2}$)m', '/at/{hour}{minute}m', ['hour', 'minute']],
    ['/:file.:ext/a::b', '/{file}.{ext}/a:b', ['file', 'ext']],
    ['/files/*', '/files/{wildcard}', ['wildcard']]
  ])('%s is %s in the document', (url, expected, names) => {
    const place = parseFastifyUrl(url)
    expect([place.url, place.params.map(({ name }) => name)]).toEqual([expected, names])
  })
})

test('a pattern keeps the name of its rest, and its texts are encoded', () => {
  const place = toDocumentUrl([
    { kind: 'text', text: 'a b' },
    {
      kind: 'mixed',
      parts: [
        { kind: 'text', text: 'v' },
        { kind: 'param', name: 'id' }
      ]
    },
    { kind: 'optional-rest', name: 'path' }
  ])
  expect(place).toEqual({
    url: '/a%20b/v{id}/{path}',
    params: [
      { name: 'id', isRest: false },
      { name: 'path', isRest: true }
    ]
  })
})

test.each([
  ['get', '/', 'getRoot'],
  ['get', '/users/{id}', 'getUsersById'],
  ['post', '/order-lines/{order_id}/items', 'postOrderLinesByOrderIdItems'],
  ['get', '/files/{name}.{ext}', 'getFilesByNameByExt']
])('%s %s has the operation id %s', (method, url, id) => {
  expect(toOperationId(method, url)).toBe(id)
})
