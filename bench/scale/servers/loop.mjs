import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import Fastify from 'fastify'
import { listenOptions } from '../../servers/report-port.mjs'

/** The loop that people write: walk, import, register. */
const root = join(process.argv[2], 'functions')
const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith('.js'))
const modules = await Promise.all(files.map((file) => import(join(root, file))))
const app = Fastify()
for (const [i, file] of files.entries())
  app.get(`/${file.slice(0, -'.js'.length).replace(/\[(\w+)\]/g, ':$1')}`, modules[i].default)
await app.listen(listenOptions())
