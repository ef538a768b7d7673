import { Elysia, t } from 'elysia'
import { orders } from '../../servers/orders.mjs'

const order = t.Object({
  id: t.Integer(),
  name: t.String(),
  active: t.Boolean(),
  tags: t.Array(t.String()),
  address: t.Object({ city: t.String(), zip: t.String() }),
  notes: t.Array(t.String())
})

new Elysia()
  .get('/hello', () => ({ hello: 'world' }))
  .get('/users/:id', ({ params: { id } }) => ({ id }))
  .post('/echo', ({ body }) => body, { body: order })
  .get('/orders', () => orders)
  .get('/file.txt', () => Bun.file(`${process.argv[2]}/file.txt`))
  .listen({ port: Number(process.env.PORT), hostname: '127.0.0.1' })
