import { createStopwatch, reportLaps } from '../stopwatch.mjs'

/** What a user runs: createApp, as a whole. */
const [dir] = process.argv.slice(2)
const watch = createStopwatch()
const { createApp } = await import('treeway')
watch.lap('framework')
const app = await createApp({ dir })
watch.lap('total')
reportLaps(watch, { routes: app.treeway.table.routes.length })
