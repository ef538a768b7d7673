import { zValidator } from '@hono/zod-validator'
import { Hono } from 'hono'
import { orders } from '../../servers/orders.mjs'
import { orderSchema } from '../shared/order-schema.mjs'

/** The same app for Node and Deno. */
export const app = new Hono()
app.get('/hello', (context) => context.json({ hello: 'world' }))
app.get('/users/:id', (context) => context.json({ id: context.req.param('id') }))
app.post('/echo', zValidator('json', orderSchema), (context) => context.json(context.req.valid('json')))
app.get('/orders', (context) => context.json(orders))
