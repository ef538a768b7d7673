import { createApp } from 'treeway'
import { listenOptions, reportPort } from './report-port.mjs'

/** The project in the folder that the first argument names. */
const app = await createApp({ dir: process.argv[2] })
await app.listen(listenOptions())
reportPort(app.server.address().port)
