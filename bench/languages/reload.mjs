// node bench/languages/reload.mjs [--edits 20]: how long after an edit the new code answers, in `treeway dev`.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { printTable, writeResult } from '../rig/report.mjs'
import { toMedian, toQuantile } from '../rig/statistics.mjs'
import { ProcessTree } from './process-tree.mjs'

const CLI = fileURLToPath(new URL('../../bin/treeway.js', import.meta.url))
const LIMIT_MS = 10_000
/** Between two edits: nothing of the last one goes on. */
const REST_MS = 300

/** By language: a handler that answers what its helper says and what it says itself. */
const LANGUAGES = {
  Python: {
    handler: [
      'python.py',
      (n) => `from _helper import value\n\n\ndef handler(event):\n    return f"${n} {value()}"\n`
    ],
    helper: ['_helper.py', (n) => `def value():\n    return "${n}"\n`]
  },
  PHP: {
    handler: [
      'php.php',
      (n) =>
        `<?php\nrequire_once __DIR__ . '/_helper.php';\nfunction handler($event) { return "${n} " . value(); }\n`
    ],
    helper: ['_helper.php', (n) => `<?php\nfunction value() { return "${n}"; }\n`]
  },
  Lua: {
    handler: [
      'lua.lua',
      (n) =>
        `local helper = require("_helper")\nreturn function(event) return "${n} " .. helper.value() end\n`
    ],
    helper: ['_helper.lua', (n) => `return { value = function() return "${n}" end }\n`]
  },
  JavaScript: {
    handler: [
      'javascript.js',
      (n) => `import { value } from './_helper.js'\nexport const handler = () => '${n} ' + value()\n`
    ],
    helper: ['_helper.js', (n) => `export const value = () => '${n}'\n`]
  }
}

const { values } = parseArgs({ options: { edits: { type: 'string' } } })
await runReload(Number(values.edits ?? 20))

async function runReload(edits) {
  const dir = mkdtempSync(join(tmpdir(), 'treeway-reload-'))
  const functions = join(dir, 'functions')
  mkdirSync(functions)
  for (const { handler, helper } of Object.values(LANGUAGES)) {
    for (const [file, toText] of [handler, helper]) writeFileSync(join(functions, file), toText(0))
  }
  const tree = new ProcessTree('treeway dev')
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    const port = await tree.startListening({ command: [process.execPath, CLI, 'dev', dir, '--port', '0'] })
    const rows = []
    for (const [name, language] of Object.entries(LANGUAGES)) {
      const target = { agent, url: `http://127.0.0.1:${port}/${name.toLowerCase()}` }
      rows.push(await measure(name, { language, functions, target, edits }))
    }
    const head = [
      'language',
      'handler edited: median, 90 %, most (ms)',
      'helper edited: median, 90 %, most (ms)'
    ]
    await writeResult('languages-reload', {
      title: 'Languages: from an edit to the new answer',
      paragraphs: [
        `\`treeway dev\`, ${edits} edits each, one request after the other until one is answered by the new code. ` +
          'The time is from the end of the write to the end of that answer; 30 ms of it is the watcher collecting changes. The bar is 200 ms.',
        printTable([head, ...rows])
      ]
    })
  } finally {
    agent.destroy()
    await tree.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

async function measure(name, { language, functions, target, edits }) {
  await waitForAnswer(target, '0 0')
  const state = { handler: 0, helper: 0 }
  const cells = []
  for (const part of ['handler', 'helper']) {
    const times = []
    for (let i = 0; i < edits; i++) {
      await wait(REST_MS)
      state[part] += 1
      const [file, toText] = language[part]
      writeFileSync(join(functions, file), toText(state[part]))
      times.push(await waitForAnswer(target, `${state.handler} ${state.helper}`))
    }
    cells.push([toMedian(times), toQuantile(times, 0.9), Math.max(...times)].map(Math.round).join(', '))
  }
  return [name, ...cells]
}

async function waitForAnswer(target, wanted) {
  const start = performance.now()
  let seen
  while (performance.now() - start < LIMIT_MS) {
    seen = await ask(target)
    if (seen === wanted) return performance.now() - start
    await wait(2)
  }
  throw new Error(`${target.url} still answers ${seen}, not ${wanted}`)
}

async function ask({ url, agent }) {
  return await new Promise((resolve, reject) => {
    get(url, { agent }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve(text)
    }).on('error', reject)
  })
}
