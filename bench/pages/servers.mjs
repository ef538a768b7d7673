import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const HELLO = `export const onRequestGet = () => Response.json({ hello: 'world' })\n`
const PASSING = 'export const onRequest = ({ next }) => next()\n'
const MARKING = `export const onRequest = async ({ next, data }) => {
  data.count = (data.count ?? 0) + 1
  const response = await next()
  response.headers.set('x-count', String(data.count))
  return response
}\n`
// A hook of a plugin stands between, so the middleware are hooks too.
const PLUGIN = `export default async (server) => server.addHook('onRequest', (request, reply, done) => done())\n`

const hello = { 'functions/a/b/hello.js': HELLO }
const around = (source) =>
  Object.fromEntries(['', 'a/', 'a/b/'].map((each) => [`functions/${each}_middleware.js`, source]))

const TREES = {
  Treeway: hello,
  'Treeway, again': hello,
  'Treeway, three middleware': { ...hello, ...around(PASSING) },
  'Treeway, three that set headers': { ...hello, ...around(MARKING) },
  'Treeway, three as hooks': { ...hello, ...around(PASSING), 'functions/+plugin.js': PLUGIN }
}

/** Each as `{ name, command }`; the trees are written below `folder`. */
export function listServers(folder) {
  const trees = Object.entries(TREES).map(([name, files], i) => ({
    name,
    command: () => toCommand('servers/treeway.mjs', [writeTree(join(folder, String(i)), files)])
  }))
  const peers = ['Hono', 'h3'].flatMap((name) =>
    [[], ['three']].map((args) => ({
      name: args.length > 0 ? `${name}, three middleware` : name,
      command: () => toCommand(`peers/servers/${name.toLowerCase()}-middleware.mjs`, args)
    }))
  )
  return [...trees, ...peers]
}

function toCommand(file, args) {
  return [process.execPath, fileURLToPath(new URL(`../${file}`, import.meta.url)), ...args]
}

function writeTree(dir, files) {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, file)), { recursive: true })
    writeFileSync(join(dir, file), content)
  }
  return dir
}
