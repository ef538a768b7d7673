/**
 * What a call costs without a gateway: `runtime.invoke` in this process, the handler in its worker.
 * node bench/workers/run.mjs [dist folder] [calls at once] — needs `npm run build`. Prints microseconds of CPU time per
 * call for both sides, best and median of the rounds.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const dist = resolve(process.argv[2] ?? 'dist')
const atOnce = Number(process.argv[3] ?? 64)
const ROUNDS = 15
const ROUND_MS = 300
const TICKS_PER_SECOND = 100

const { python } = await import(pathToFileURL(join(dist, 'languages/python/python.js')).href)
const sources = {
  hello: 'def handler(event):\n    return {"status": 200, "body": "hello"}\n',
  async: 'async def handler(event):\n    return {"status": 200, "body": "hello"}\n',
  echo: 'import json\ndef handler(event):\n    return json.loads(event["body"])\n',
  pid: 'import os\ndef handler(event):\n    return os.getpid()\n'
}
const json = Buffer.from(
  JSON.stringify({ text: 'x'.repeat(300), list: Array.from({ length: 60 }, (_, n) => `item ${n}`) })
)

const dir = mkdtempSync(join(tmpdir(), 'treeway-bench-'))
const functions = Object.entries(sources).map(([name, text]) => {
  const file = join(dir, `${name}.py`)
  writeFileSync(file, text)
  return { file, name: `${name}.py`, env: {}, timeoutMs: 10_000, maxConcurrency: 10_000 }
})
const runtime = python.createRuntime({
  dir,
  stateDir: join(dir, '.treeway'),
  onLog: console.log,
  onProgress: console.log
})
await runtime.prepare(functions)
const signal = new AbortController().signal
const headers = {
  host: '127.0.0.1:3000',
  'user-agent': 'bench',
  accept: '*/*',
  'content-type': 'application/json'
}

function toRequest(name, id) {
  const event = {
    id,
    ts: Date.now(),
    method: name === 'echo' ? 'POST' : 'GET',
    path: `/${name}`,
    raw_path: `/${name}`,
    query: {},
    headers,
    client: { ip: '127.0.0.1', ua: 'bench' },
    context: { request_id: id, runtime: 'python' }
  }
  return { event, params: {}, signal, ...(name === 'echo' && { body: json }) }
}

async function call(name) {
  return await runtime.invoke(
    functions.find((fn) => fn.name === `${name}.py`),
    toRequest(name, 'req-1')
  )
}

const pid = Number(String((await call('pid')).body))

function readCpuUs(of) {
  const fields = readFileSync(`/proc/${of}/stat`, 'utf8').split(') ')[1].split(' ')
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1e6
}

async function measure(name, parallel, ms) {
  const until = performance.now() + ms
  const fn = functions.find((one) => one.name === `${name}.py`)
  const took = []
  let calls = 0
  const worker = readCpuUs(pid)
  const node = process.cpuUsage()
  const began = performance.now()
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (performance.now() < until) {
        const start = performance.now()
        await runtime.invoke(fn, toRequest(name, 'req-1'))
        took.push(performance.now() - start)
        calls++
      }
    })
  )
  const seconds = (performance.now() - began) / 1000
  const used = process.cpuUsage(node)
  took.sort((a, b) => a - b)
  return {
    nodeUs: (used.user + used.system) / calls,
    workerUs: (readCpuUs(pid) - worker) / calls,
    perSecond: calls / seconds,
    p50: took[Math.floor(calls / 2)],
    p99: took[Math.floor(calls * 0.99)]
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const us = (value) => value.toFixed(1)
console.log(`body ${json.length} bytes`)
for (const [name, parallel] of [
  ['hello', atOnce],
  ['async', atOnce],
  ['echo', atOnce],
  ['hello', 1],
  ['echo', 1]
]) {
  await measure(name, parallel, 500)
  const rounds = []
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(name, parallel, ROUND_MS))
  const best = rounds.toSorted((a, b) => a.nodeUs + a.workerUs - b.nodeUs - b.workerUs)[0]
  console.log(
    `${name} x${parallel}: best ${us(best.nodeUs)} + ${us(best.workerUs)} us CPU/call, median ${us(median(rounds.map((r) => r.nodeUs)))} + ${us(median(rounds.map((r) => r.workerUs)))}, ` +
      `${Math.round(median(rounds.map((r) => r.perSecond)))} calls/s, p50 ${us(median(rounds.map((r) => r.p50)) * 1000)} p99 ${us(median(rounds.map((r) => r.p99)) * 1000)} us`
  )
}
await runtime.stop()
rmSync(dir, { recursive: true, force: true })
