import Fastify from 'fastify'
import { orders } from './orders.mjs'
import { listenOptions, reportPort } from './report-port.mjs'
import schema from './echo-schema.json' with { type: 'json' }

/**
 * What someone would write by hand: the same routes, the same options as the trees. With `loaded`, Treeway's
 * modules are loaded and never used: whatever a bigger process costs by being bigger, it costs here too.
 */
if (process.argv[2] === 'loaded') await import('treeway')

const app = Fastify()

app.get('/hello', function hello() {
  return { hello: 'world' }
})

app.get('/users/:id', function getUser(request) {
  return { id: request.params.id }
})

app.post('/echo', { schema: { body: schema } }, function echo(request) {
  return request.body
})

app.get('/orders', function listOrders() {
  return orders
})

await app.listen(listenOptions())
reportPort(app.server.address().port)
