import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { python } from '../../src/languages/python/python.ts'
import type { WorkerFunction } from '../../src/languages/language.ts'

/** Starts a worker, lets it spin in a handler, says its process id, and waits to be killed. */
const dir = process.argv[2] ?? ''
const functions = ['pid', 'forever'].map((name): WorkerFunction => {
  return { file: join(dir, `${name}.py`), name: `${name}.py`, env: {}, timeoutMs: 60_000, maxConcurrency: 10 }
})
writeFileSync(join(dir, 'pid.py'), 'import os\ndef handler(event):\n    return os.getpid()\n')
writeFileSync(join(dir, 'forever.py'), 'def handler(event):\n    while True:\n        pass\n')
const runtime = python.createRuntime({
  dir,
  stateDir: join(dir, '.treeway'),
  onLog: () => {},
  onProgress: () => {}
})
await runtime.prepare(functions)
const request = { event: { id: '1', method: 'GET' }, params: {}, signal: { aborted: false } }
const [pid, forever] = functions
if (pid === undefined || forever === undefined) throw new Error('two functions')
const answer = await runtime.invoke(pid, request)
void runtime.invoke(forever, request)
process.send?.([Number(String(answer.body))])
