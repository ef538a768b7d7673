import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const FILES_PER_FOLDER = 100

/** All answers are as long as each other, so that the load generator can count them by their bytes. */
const toAnswer = (i) => `{ route: '${toNumber(i)}', id: request.params.id ?? 'none' }`
const HANDLER = (i) => `export default function handler(request) {\n  return ${toAnswer(i)}\n}\n`
const EVENT_HANDLER = (i) =>
  `export function handler(event, params) {\n  return { route: '${toNumber(i)}', id: params.id ?? 'none' }\n}\n`
/** The same as a plugin, as @fastify/autoload wants it. */
const PLUGIN = (i) =>
  `export default async function plugin(app) {\n  app.get('/', function handler(request) {\n    return ${toAnswer(i)}\n  })\n}\n`

/**
 * A tree of `count` files in a new temporary folder, half of them with a parameter. `plugins: true` makes them what
 * @fastify/autoload reads: one folder with an index.js for each route, `_id` for a parameter; `events: true` makes them event handlers.
 */
export async function generateTree(count, { plugins = false, events = false } = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'treeway-bench-'))
  await writeFile(join(dir, 'package.json'), '{ "type": "module" }\n')
  for (let first = 0; first < count; first += FILES_PER_FOLDER) {
    const numbers = Array.from({ length: Math.min(FILES_PER_FOLDER, count - first) }, (_, i) => first + i)
    await Promise.all(numbers.map((i) => writeRoute(dir, i, { plugins, events })))
  }
  return { dir, remove: () => rm(dir, { recursive: true }) }
}

async function writeRoute(dir, i, { plugins, events }) {
  const { folder, name } = toNames(i)
  const path = plugins ? toPluginPath(folder, name, i) : toRoutePath(folder, name, i)
  const file = join(dir, 'functions', path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, plugins ? PLUGIN(i) : events ? EVENT_HANDLER(i) : HANDLER(i))
}

function toRoutePath(folder, name, i) {
  return i % 2 === 0 ? `${folder}/${name}.js` : `${folder}/${name}/[id].js`
}

function toPluginPath(folder, name, i) {
  return i % 2 === 0 ? `${folder}/${name}/index.js` : `${folder}/${name}/_id/index.js`
}

/** One request for each route, and what it answers. */
export function listTreeRequests(count) {
  return Array.from({ length: count }, (_, i) => {
    const { folder, name } = toNames(i)
    const hasParameter = i % 2 === 1
    return {
      request: { method: 'GET', path: `/${folder}/${name}${hasParameter ? '/some' : ''}` },
      expected: { route: toNumber(i), id: hasParameter ? 'some' : 'none' }
    }
  })
}

function toNames(i) {
  return {
    folder: `g${String(Math.floor(i / FILES_PER_FOLDER)).padStart(3, '0')}`,
    name: `r${toNumber(i)}`
  }
}

function toNumber(i) {
  return String(i).padStart(5, '0')
}
