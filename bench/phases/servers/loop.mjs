import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createStopwatch, reportLaps } from '../stopwatch.mjs'

/** The loop that people write: walk, import, register. */
const [dir] = process.argv.slice(2)
const watch = createStopwatch()
const { default: Fastify } = await import('fastify')
watch.lap('framework')

const root = join(dir, 'functions')
const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith('.js'))
watch.lap('walk')
const modules = await Promise.all(files.map((file) => import(join(root, file))))
watch.lap('import')
const app = Fastify()
for (const [i, file] of files.entries()) {
  app.get(`/${file.slice(0, -'.js'.length).replace(/\[(\w+)\]/g, ':$1')}`, modules[i].default)
}
watch.lap('register')
await app.ready()
watch.lap('ready')
reportLaps(watch, { routes: files.length })
