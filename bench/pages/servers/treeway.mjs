import { createApp } from 'treeway'
import { reportPort } from '../../servers/report-port.mjs'

/** The project in the folder that the first argument names. */
const app = await createApp({ dir: process.argv[2], fastify: { keepAliveTimeout: 600_000 } })
await app.listen({ port: 0, host: '127.0.0.1' })
reportPort(app.server.address().port)
