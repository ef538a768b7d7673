import fastifyStatic from '@fastify/static'
import Fastify from 'fastify'
import { listenOptions } from '../../servers/report-port.mjs'

const app = Fastify()
app.register(fastifyStatic, { root: process.argv[2] })
await app.listen(listenOptions())
