import { createServer } from 'node:http'
import { createApp } from 'treeway'
import { createConfig } from '../../dist/config/config.js'
import { openProject } from '../../dist/project/open-project.js'
import { listenOptions } from '../servers/report-port.mjs'
import { createLane } from './lane.mjs'

/**
 * A tree with the lane in front: `lean` (default); `counted`, with what metrics would cost; `alone`, where only the lane
 * knows the routes and Fastify none of them: that is what a start without registration would be.
 */
const [dir, mode = 'lean'] = process.argv.slice(2)

const config = createConfig(dir)
const { project } = await openProject({
  config,
  problems: 'refuse',
  prefix: [],
  ownsServer: true,
  toLogger: () => undefined
})
const totals = { answers: 0, ms: 0 }
const onDone = (_statusCode, ms) => {
  totals.answers += 1
  totals.ms += ms
}
let toFastify
const { lane, size } = createLane({
  project,
  next: () => toFastify,
  onDone: mode === 'counted' ? onDone : undefined
})
const app = await (mode === 'alone' ? createBareApp() : createApp({ dir, fastify: { serverFactory } }))
await app.listen(listenOptions())
if (size === 0) throw new Error('No route of this tree can take the lane.')

async function createBareApp() {
  const { createFastify } = await import('../../dist/compat/create-fastify.js')
  return createFastify({ serverFactory })
}

function serverFactory(handler) {
  toFastify = handler
  return createServer({ keepAliveTimeout: 72_000 }, lane)
}
