import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { shopStarts } from './start-shop.ts'
import type { Shop } from './start-shop.ts'

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly json: unknown
}

describe.each(Object.keys(shopStarts))('the shop, started by %s', (name) => {
  let shop: Shop | undefined

  beforeAll(async () => {
    shop = await shopStarts[name]?.()
  }, 120_000)

  afterAll(async () => {
    await shop?.stop()
  })

  async function ask(request: string, body?: unknown): Promise<Answer> {
    const [method = '', path = ''] = request.split(' ')
    const response = await fetch(`${shop?.url}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
    })
    const text = await response.text()
    const isJson = text !== '' && response.headers.get('content-type')?.includes('json')
    return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(text) : text }
  }

  /** A product of its own, so that no test depends on another. */
  async function addProduct(stock: number): Promise<number> {
    const product = { name: `Kettle ${crypto.randomUUID()}`, description: '', priceCents: 2500, stock }
    const { headers } = await ask('POST /products', product)
    return Number(headers.get('location')?.replace('/products/', ''))
  }

  describe('products', () => {
    test('are listed page by page', async () => {
      const { status, json } = await ask('GET /products?limit=2&offset=1')
      expect(status).toBe(200)
      expect(json).toMatchObject([
        { id: 2, name: 'Sencha', priceCents: 890 },
        { id: 3, name: 'Rooibos' }
      ])
    })

    test('are listed from the first on where no page is asked', async () => {
      const { json } = await ask('GET /products')
      expect(json).toEqual(expect.arrayContaining([expect.objectContaining({ id: 1, name: 'Assam' })]))
    })

    test.each([
      ['limit=0', 'querystring/limit must be >= 1'],
      ['limit=ten', 'querystring/limit must be integer'],
      ['offset=-1', 'querystring/offset must be >= 0']
    ])('are refused with 400 for %s', async (query, message) => {
      const { status, json } = await ask(`GET /products?${query}`)
      expect(status).toBe(400)
      expect(json).toEqual({ statusCode: 400, code: 'FST_ERR_VALIDATION', error: 'Bad Request', message })
    })

    test.each([
      ['carve', ['Bamboo whisk']],
      ['caffeine', ['Rooibos']],
      ['POT', ['Cast-iron teapot']],
      ["'; DROP TABLE products", []],
      ['%25', []]
    ])('are found by %s', async (words, names) => {
      const { status, json } = await ask(`GET /products/search?q=${words}`)
      expect(status).toBe(200)
      expect(json).toMatchObject(names.map((each) => ({ name: each })))
      expect(json).toHaveLength(names.length)
    })

    test('are not searched without words', async () => {
      const { status, json } = await ask('GET /products/search')
      expect(status).toBe(400)
      expect(json).toMatchObject({ message: "querystring must have required property 'q'" })
    })

    test('are read one by one', async () => {
      const { status, json } = await ask('GET /products/4')
      expect([status, json]).toMatchObject([200, { id: 4, name: 'Oolong', priceCents: 1290 }])
    })

    test.each([
      ['999999', 404, { code: 'SHOP_PRODUCT_UNKNOWN', message: 'There is no product 999999.' }],
      ['nine', 400, { code: 'FST_ERR_VALIDATION', message: 'params/id must be integer' }],
      ['99999999999', 400, { code: 'FST_ERR_VALIDATION' }]
    ])('named %s are refused', async (id, status, body) => {
      const answer = await ask(`GET /products/${id}`)
      expect(answer.status).toBe(status)
      expect(answer.json).toMatchObject(body)
    })

    test('are created, and can be read and changed', async () => {
      const id = await addProduct(3)
      const { json } = await ask(`PATCH /products/${id}`, { stock: 7 })
      expect(json).toMatchObject({ id, priceCents: 2500, stock: 7 })
      expect((await ask(`GET /products/${id}`)).json).toEqual(json)
    })

    test.each([
      ['POST /products', { name: 'Kettle' }, 400, "body must have required property 'description'"],
      ['POST /products', undefined, 400, 'body must be object'],
      ['PATCH /products/1', {}, 400, 'body must NOT have fewer than 1 properties'],
      ['PATCH /products/1', { stock: -1 }, 400, 'body/stock must be >= 0'],
      ['PATCH /products/999999', { stock: 1 }, 404, 'There is no product 999999.'],
      ['DELETE /products/1', undefined, 405, 'DELETE is not allowed for /products/1; use GET, HEAD, PATCH.']
    ])('%s with %j is refused', async (request, body, status, message) => {
      const answer = await ask(request, body)
      expect([answer.status, answer.json]).toMatchObject([status, { message }])
    })

    test('of one name are there only once', async () => {
      const product = { name: `Pot ${crypto.randomUUID()}`, description: '', priceCents: 1, stock: 0 }
      expect((await ask('POST /products', product)).status).toBe(201)
      expect(await ask('POST /products', product)).toMatchObject({
        status: 409,
        json: { code: 'SHOP_PRODUCT_EXISTS' }
      })
    })

    test('larger than the limit of fn.config.json are refused with 413', async () => {
      const { status } = await ask('POST /products', { name: 'x'.repeat(70_000) })
      expect(status).toBe(413)
    })
  })

  describe('orders', () => {
    test('take the stock, have a total and can be read', async () => {
      const id = await addProduct(10)
      const { status, headers, json } = await ask('POST /orders', {
        customer: 'Barbara',
        lines: [{ productId: id, quantity: 4 }]
      })
      expect(status).toBe(201)
      expect(json).toMatchObject({
        customer: 'Barbara',
        totalCents: 10_000,
        lines: [{ productId: id, quantity: 4, priceCents: 2500 }]
      })
      expect((await ask(`GET ${headers.get('location')}`)).json).toEqual(json)
      expect((await ask(`GET /products/${id}`)).json).toMatchObject({ stock: 6 })
    })

    test('that can not be had take nothing', async () => {
      const [plenty, few] = [await addProduct(10), await addProduct(1)]
      const lines = [plenty, few].map((productId) => ({ productId, quantity: 2 }))
      const { status, json } = await ask('POST /orders', { customer: 'Edsger', lines })
      expect([status, json]).toMatchObject([409, { code: 'SHOP_OUT_OF_STOCK' }])
      expect((await ask(`GET /products/${plenty}`)).json).toMatchObject({ stock: 10 })
      expect((await ask('GET /orders?customer=edsger')).json).toEqual([])
    })

    test.each([
      [{}, 400, "body must have required property 'customer'"],
      [{ customer: 'Eve', lines: [] }, 400, 'body/lines must NOT have fewer than 1 items'],
      [
        { customer: 'Eve', lines: [{ productId: 1, quantity: 0 }] },
        400,
        'body/lines/0/quantity must be >= 1'
      ],
      [{ customer: 'Eve', lines: [{ productId: 999_999, quantity: 1 }] }, 422, 'There is no product 999999.']
    ])('such as %j are refused', async (order, status, message) => {
      expect(await ask('POST /orders', order)).toMatchObject({ status, json: { message } })
    })

    test('are searched by customer', async () => {
      const { json } = await ask('GET /orders?customer=GRA')
      expect(json).toMatchObject([{ id: 2, customer: 'Grace', totalCents: 4900 }])
      expect(json).toHaveLength(1)
    })

    test('that are not there are 404', async () => {
      expect(await ask('GET /orders/999999')).toMatchObject({
        status: 404,
        json: { statusCode: 404, code: 'SHOP_ORDER_UNKNOWN', error: 'Not Found' }
      })
    })

    test('are not deleted: 405 says what is allowed', async () => {
      const { status, headers } = await ask('DELETE /orders/1')
      expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    })

    test('that run a product low are noted after the answer', async () => {
      const id = await addProduct(5)
      await ask('POST /orders', { customer: 'Alan', lines: [{ productId: id, quantity: 3 }] })
      await expect
        .poll(async () => (await ask('GET /reports/restocks')).json, { timeout: 5000 })
        .toContainEqual(expect.objectContaining({ productId: id, stock: 2 }))
    })
  })

  describe('reports', () => {
    test('sum up the sales of some days, and are kept by nobody', async () => {
      const { status, headers, json } = await ask('GET /reports/sales?days=365')
      expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
      expect(json).toMatchObject({ days: 365, orders: expect.any(Number), totalCents: expect.any(Number) })
    })

    test('refuse a number of days that is none', async () => {
      expect(await ask('GET /reports/sales?days=0')).toMatchObject({
        status: 400,
        json: { message: 'querystring/days must be >= 1' }
      })
    })
  })

  describe('the rest', () => {
    test.each([
      ['/', 'text/html; charset=utf-8', '<h1>Leaf &amp; Cup</h1>'],
      ['/shop.js', 'application/javascript; charset=utf-8', 'showProducts'],
      ['/shop.css', 'text/css; charset=utf-8', '.products']
    ])('%s is a static file', async (path, type, text) => {
      const { status, headers, json } = await ask(`GET ${path}`)
      expect([status, headers.get('content-type')]).toEqual([200, type])
      expect(json).toContain(text)
    })

    test.each(['/nothing', '/lib/schema.sql', '/boot/database.ts', '/products/1/reviews'])(
      '%s is 404',
      async (path) => {
        expect(await ask(`GET ${path}`)).toMatchObject({ status: 404, json: { code: 'TREEWAY_NOT_FOUND' } })
      }
    )

    test('HEAD answers as GET does, without a body', async () => {
      const { status, headers, json } = await ask('HEAD /products/1')
      expect([status, json]).toEqual([200, ''])
      expect(headers.get('content-type')).toContain('application/json')
    })
  })
})
