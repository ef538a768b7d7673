import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { listenOptions } from '../../servers/report-port.mjs'

const app = new Hono()
if (process.argv[2] === 'three') {
  for (const path of ['*', '/a/*', '/a/b/*']) app.use(path, (_context, next) => next())
}
app.get('/a/b/hello', (context) => context.json({ hello: 'world' }))
const { port, host } = listenOptions()
serve({ fetch: app.fetch, port, hostname: host })
