import { parseArgs } from 'node:util'
import { runHttp } from './http.mjs'
import { runLanguages } from './languages/run.mjs'
import { runStart } from './start.mjs'

const BENCHES = { http: runHttp, languages: runLanguages, start: runStart }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    generations: { type: 'string' },
    rounds: { type: 'string' },
    window: { type: 'string' },
    connections: { type: 'string' },
    only: { type: 'string' },
    counts: { type: 'string' }
  }
})

const options = {
  ...(values.generations ? { generations: Number(values.generations) } : {}),
  ...(values.rounds ? { rounds: Number(values.rounds) } : {}),
  ...(values.window ? { windowMs: Number(values.window) } : {}),
  ...(values.connections ? { connections: Number(values.connections) } : {}),
  ...(values.only ? { only: values.only } : {}),
  ...(values.counts ? { counts: values.counts.split(',').map(Number) } : {})
}

for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
  const run = BENCHES[name]
  if (run === undefined)
    throw new Error(`There is no bench "${name}"; there are ${Object.keys(BENCHES).join(', ')}.`)
  await run(options)
}
