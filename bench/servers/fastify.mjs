import Fastify from 'fastify'
import { reportPort } from './report-port.mjs'
import schema from './echo-schema.json' with { type: 'json' }

/** What someone would write by hand: the same three routes, the same options as the trees. */
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

await app.listen({ port: 0, host: '127.0.0.1' })
reportPort(app.server.address().port)
