import { createRequire } from 'node:module'
import { reportPort } from '../../servers/report-port.mjs'
import { HELLO } from '../hello.mjs'

const require = createRequire(new URL('../../peers/package.json', import.meta.url))
const { serve } = require('@hono/node-server')
const { Hono } = require('hono')

const app = new Hono()
if (process.argv[2] === 'three') {
  for (const path of ['*', '/a/*', '/a/b/*']) app.use(path, (_context, next) => next())
}
app.get('/a/b/hello', (context) => context.json(HELLO))
// A server waits while others are measured; Node would close its connections after five seconds.
const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => reportPort(port))
server.keepAliveTimeout = 600_000
