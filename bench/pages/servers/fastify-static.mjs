import fastifyStatic from '@fastify/static'
import fastify from 'fastify'
import { reportPort } from '../../servers/report-port.mjs'

const app = fastify({ keepAliveTimeout: 600_000 })
app.register(fastifyStatic, { root: process.argv[2] })
await app.listen({ port: 0, host: '127.0.0.1' })
reportPort(app.server.address().port)
