import { createApp } from 'treeway'

/** Serves the tree that the first argument names. */
const app = await createApp({ dir: process.argv[2] })
console.log(await app.listen({ port: 0, host: '127.0.0.1' }))
process.on('SIGTERM', () => void app.close().then(() => process.exit()))
