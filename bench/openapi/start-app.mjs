import { createApp } from 'treeway'

/** Starts a tree as a user would, and tells what the process worked until all was ready. Nothing listens. */
const [dir, mode] = process.argv.slice(2)
const app = await createApp({ dir, config: { openapi: mode !== 'off' } })
const ready = toCpuMs()
const document = mode === 'read' ? (await app.inject('/_treeway/openapi.json')).json() : undefined
const facts = {
  readyMs: ready,
  readMs: document ? toCpuMs() - ready : 0,
  routes: app.treeway.table.routes.length,
  paths: document ? Object.keys(document.paths).length : 0
}
process.send(facts, () => process.exit())

/** User and system time of this process since it began. */
function toCpuMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
