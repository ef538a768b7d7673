import { createApp } from 'treeway'

/** The soak's own tree. On each message it collects its garbage and tells what is left. */
const app = await createApp({ dir: process.argv[2], fastify: { logger: false } })
await app.listen({ port: 0, host: '127.0.0.1' })
process.on('disconnect', () => process.exit())
process.on('message', () => {
  globalThis.gc()
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  process.send({ heapBytes: heapUsed + external + arrayBuffers })
})
process.send({ port: app.server.address().port })
