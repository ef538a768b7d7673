import express from 'express'
import { listenOptions } from '../../servers/report-port.mjs'
import { orders } from '../../servers/orders.mjs'
import { orderSchema } from '../shared/order-schema.mjs'

const app = express()
app.get('/hello', (_request, response) => response.json({ hello: 'world' }))
app.get('/users/:id', (request, response) => response.json({ id: request.params.id }))
app.post('/echo', express.json(), (request, response) => response.json(orderSchema.parse(request.body)))
app.get('/orders', (_request, response) => response.json(orders))
const { port, host } = listenOptions()
app.listen(port, host)
