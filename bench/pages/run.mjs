// A Cloudflare Pages project beside its peers: a static file, a function, and middleware around it.
// node bench/pages/run.mjs [static] [context] [--generations 3] [--rounds 12] [--window 60] [--connections 64]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { pinSelf } from '../rig/machine.mjs'
import { installPeers } from '../rig/peers.mjs'
import { writeResult } from '../rig/report.mjs'
import { ServerProcess } from '../rig/server-process.mjs'
import { HELLO } from './hello.mjs'
import { measure, toCost, toTable } from './measure.mjs'
import { NginxProcess } from './nginx-process.mjs'

const text = { type: 'string' }
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { generations: text, rounds: text, window: text, connections: text }
})
const settings = {
  generations: Number(values.generations ?? 3),
  rounds: Number(values.rounds ?? 12),
  windowMs: Number(values.window ?? 60),
  connections: Number(values.connections ?? 64)
}
const wanted = positionals.length > 0 ? positionals : ['static', 'context']

const HELLO_FUNCTION = `export const onRequestGet = () => Response.json(${JSON.stringify(HELLO)})\n`
const PASSING = 'export const onRequest = ({ next }) => next()\n'
const MARKING = `export const onRequest = async ({ next, data }) => {
  data.count = (data.count ?? 0) + 1
  const response = await next()
  response.headers.set('x-count', String(data.count))
  return response
}\n`

const folder = mkdtempSync(join(tmpdir(), 'treeway-bench-'))
try {
  pinSelf(1)
  installPeers()
  const paragraphs = [toMethod()]
  if (wanted.includes('static')) paragraphs.push(...(await runStatic()))
  if (wanted.includes('context')) paragraphs.push(...(await runContext()))
  await writeResult('pages', { title: 'Pages: static files, functions, middleware', paragraphs })
} finally {
  rmSync(folder, { recursive: true })
}

async function runStatic() {
  const dir = write('static', { 'public/file.txt': 'x'.repeat(10_240), 'functions/hello.js': HELLO_FUNCTION })
  const root = join(dir, 'public')
  const path = '/file.txt'
  const servers = [
    toServer('Treeway', { file: 'treeway.mjs', args: [dir], path }),
    toServer('Treeway, again', { file: 'treeway.mjs', args: [dir], path }),
    toServer('@fastify/static', { file: 'fastify-static.mjs', args: [root], path }),
    toServer('sirv', { file: 'sirv.mjs', args: [root], path }),
    toServer('sirv (dev: sees changes)', { file: 'sirv.mjs', args: [root, 'dev'], path })
  ]
  if (NginxProcess.isInstalled())
    servers.push({ name: 'nginx', path, start: () => new NginxProcess().start(root) })
  return ['## A static file of 10 KB', toTable(await measure(servers, settings), 'Treeway')]
}

async function runContext() {
  const path = '/a/b/hello'
  const hello = { 'functions/a/b/hello.js': HELLO_FUNCTION }
  const around = (source) =>
    Object.fromEntries(['', 'a/', 'a/b/'].map((each) => [`functions/${each}_middleware.js`, source]))
  // A hook of a plugin stands between, so the middleware are hooks too.
  const plugin = {
    'functions/+plugin.js': `export default async (server) => server.addHook('onRequest', (request, reply, done) => done())\n`
  }
  const trees = {
    Treeway: hello,
    'Treeway, again': hello,
    'Treeway, three middleware': { ...hello, ...around(PASSING) },
    'Treeway, three that set headers': { ...hello, ...around(MARKING) },
    'Treeway, three as hooks': { ...hello, ...around(PASSING), ...plugin }
  }
  const servers = Object.entries(trees).map(([name, files], i) =>
    toServer(name, { file: 'treeway.mjs', args: [write(`context-${i}`, files)], path })
  )
  servers.push(
    toServer('Hono', { file: 'hono.mjs', args: [], path }),
    toServer('Hono, three middleware', { file: 'hono.mjs', args: ['three'], path }),
    toServer('h3', { file: 'h3.mjs', args: [], path }),
    toServer('h3, three middleware', { file: 'h3.mjs', args: ['three'], path })
  )
  const results = await measure(servers, settings)
  return ['## A function that answers JSON', toTable(results, 'Treeway'), toMiddlewareCost(results)]
}

function toMiddlewareCost(results) {
  const costOf = (name) => toCost(results.find((result) => result.name === name))
  const lines = ['Treeway', 'Hono', 'h3'].map((name) => {
    const share = costOf(`${name}, three middleware`) / costOf(name) - 1
    return `- ${name}: ${(share * 100).toFixed(0)} % of a hello`
  })
  return ['What three middleware cost, by the cheap ends:', '', ...lines].join('\n')
}

function toServer(name, { file, args, path }) {
  return {
    name,
    path,
    start: () => new ServerProcess({ name, file: `../pages/servers/${file}`, args }).start()
  }
}

function write(name, files) {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name, file)), { recursive: true })
    writeFileSync(join(folder, name, file), content)
  }
  return join(folder, name)
}

function toMethod() {
  const { generations, rounds, windowMs, connections } = settings
  return (
    `${connections} connections, ${generations} x ${rounds} interleaved rounds of ${windowMs} ms for each server, the servers ` +
    'started anew between the parts. The figure is CPU time of the server per answer; a ratio above 1 is cheaper than the ' +
    'server it is of. In a cell: **ratio of the cheap ends** (10th percentile of the rounds, the figure to trust), median of ' +
    'the ratios within each round (their range). "Treeway, again" shows what this run can not tell apart.'
  )
}
