import { H3, readValidatedBody, serve } from 'h3'
import { listenOptions } from '../../servers/report-port.mjs'
import { orders } from '../../servers/orders.mjs'
import { orderSchema } from '../shared/order-schema.mjs'

const app = new H3()
app.get('/hello', () => ({ hello: 'world' }))
app.get('/users/:id', (event) => ({ id: event.context.params.id }))
app.post('/echo', (event) => readValidatedBody(event, orderSchema))
app.get('/orders', () => orders)
const { port, host } = listenOptions()
serve(app, { port, hostname: host, silent: true })
