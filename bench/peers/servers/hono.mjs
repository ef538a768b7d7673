import { serve } from '@hono/node-server'
import { listenOptions } from '../../servers/report-port.mjs'
import { app } from './hono-app.mjs'

const { port, host } = listenOptions()
serve({ fetch: app.fetch, port, hostname: host })
