/** Preloaded into the server (`--import`): tells the rig how much is held when all that is loose is collected. */
process.on('message', () => {
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  process.send({ heapBytes: heapUsed + external })
})
// Without this the channel would keep a stopping server alive.
process.channel?.unref()
