import { fileURLToPath } from 'node:url'
import { createApp } from 'treeway'
import { reportPort } from './report-port.mjs'

/** A tree of bench/trees, named by the first argument. */
const dir = fileURLToPath(new URL(`../trees/${process.argv[2]}`, import.meta.url))
const app = await createApp({ dir })
await app.listen({ port: 0, host: '127.0.0.1' })
reportPort(app.server.address().port)
