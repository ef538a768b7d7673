import { serve } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { listenOptions } from '../../servers/report-port.mjs'

const app = new Hono()
app.use('/*', serveStatic({ root: process.argv[2] }))
const { port, host } = listenOptions()
serve({ fetch: app.fetch, port, hostname: host })
