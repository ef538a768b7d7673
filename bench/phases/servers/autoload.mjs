import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createStopwatch, reportLaps } from '../stopwatch.mjs'

/** As @fastify/autoload's page shows it, with parameters from folder names. */
const [dir] = process.argv.slice(2)
const watch = createStopwatch()
const { default: Fastify } = await import('fastify')
const autoload = createRequire(new URL('../../peers/', import.meta.url))('@fastify/autoload')
watch.lap('framework')
const app = Fastify()
app.register(autoload, { dir: join(dir, 'functions'), routeParams: true })
await app.ready()
watch.lap('total')
reportLaps(watch)
