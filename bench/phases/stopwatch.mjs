/** Names the time since the last lap, in ms: what passed, and what the process worked. */
export function createStopwatch() {
  const laps = {}
  let wall = performance.now()
  let cpu = process.cpuUsage()
  return {
    laps,
    lap(name) {
      const { user, system } = process.cpuUsage(cpu)
      laps[name] = { ms: performance.now() - wall, cpuMs: (user + system) / 1000 }
      wall = performance.now()
      cpu = process.cpuUsage()
    }
  }
}

/** Tells the rig the laps and the memory, then ends: nothing listens. */
export function reportLaps({ laps }, facts = {}) {
  process.send({ laps, rssBytes: process.memoryUsage().rss, ...facts }, () => process.exit())
}
