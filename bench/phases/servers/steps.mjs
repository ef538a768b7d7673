import { createStopwatch, reportLaps } from '../stopwatch.mjs'

/** Starts a tree step by step with the functions that createApp is made of. */
const [dir, keepsCaches] = process.argv.slice(2)
const watch = createStopwatch()
const { createFastify } = await import('../../../dist/compat/create-fastify.js')
const { createConfig } = await import('../../../dist/config/config.js')
const { openProject } = await import('../../../dist/project/open-project.js')
const { registerProject } = await import('../../../dist/server/register-project.js')
const { readTree } = await import('../../../dist/files/read-tree.js')
const { readProject } = await import('../../../dist/project/read-project.js')
watch.lap('framework')

const config = createConfig(dir)
await readTree(`${dir}/functions`)
watch.lap('walk')
const options = { prefix: [], keepsCaches: keepsCaches === 'caches' }
const { table } = await readProject(config, options)
watch.lap('read')
const opened = await openProject({ ...options, config, problems: 'refuse', toLogger: () => undefined })
watch.lap('open')
const app = createFastify({ routerOptions: { ignoreTrailingSlash: true } })
await registerProject(app, opened.project)
watch.lap('register')
await app.ready()
watch.lap('ready')

// Opening reads once more, and reading walks once more.
const { laps } = watch
const minus = (a, b) => ({ ms: Math.max(0, a.ms - b.ms), cpuMs: Math.max(0, a.cpuMs - b.cpuMs) })
laps.import = minus(laps.open, laps.read)
laps.read = minus(laps.read, laps.walk)
delete laps.open
reportLaps(watch, { routes: table.routes.length })
