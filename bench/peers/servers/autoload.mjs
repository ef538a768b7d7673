import { fileURLToPath } from 'node:url'
import autoload from '@fastify/autoload'
import Fastify from 'fastify'
import { listenOptions } from '../../servers/report-port.mjs'

/** The folder of plugins that @fastify/autoload's page describes. */
const app = Fastify()
app.register(autoload, {
  dir: fileURLToPath(new URL('../autoload', import.meta.url)),
  routeParams: true
})
await app.listen(listenOptions())
