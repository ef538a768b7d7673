/** Where to listen: on the port that the rig found free and gave, else on one that the system chooses. */
export function listenOptions() {
  return { port: Number(process.env['PORT'] ?? 0), host: '127.0.0.1' }
}

/** Tells the rig where this server listens; it ends with the rig. */
export function reportPort(port) {
  process.on('disconnect', () => process.exit())
  process.on('SIGTERM', () => process.exit())
  process.send?.({ port, rssBytes: process.memoryUsage().rss })
}
