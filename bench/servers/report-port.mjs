/** Tells the rig where this server listens; it ends with the rig. */
export function reportPort(port) {
  process.on('disconnect', () => process.exit())
  process.on('SIGTERM', () => process.exit())
  process.send?.({ port, rssBytes: process.memoryUsage().rss })
}
