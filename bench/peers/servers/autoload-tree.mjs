import { join } from 'node:path'
import autoload from '@fastify/autoload'
import Fastify from 'fastify'
import { listenOptions } from '../../servers/report-port.mjs'

/** As @fastify/autoload's page shows it, with parameters from folder names. */
const app = Fastify()
app.register(autoload, { dir: join(process.argv[2], 'functions'), routeParams: true })
await app.listen(listenOptions())
