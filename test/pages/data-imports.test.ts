import { expect, test } from 'vitest'
import { createProject, runTreeway, startTreeway } from '../cli/run-treeway.ts'
import { serveTree } from './serve-tree.ts'

/** `(func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)` */
const ADD = Buffer.from(
  '0061736d0100000001070160027f7f017f030201000707010361646400000a09010700200020016a0b',
  'hex'
)

const CODE = `
  import add from './add.wasm'
  import bytes from './data.bin'
  import page from './page.html'
  import query from '../lib/query.sql'
  import words from './words.txt'
  import settings from '../lib/settings.json'
  export const onRequest = async () => {
    const { exports } = await WebAssembly.instantiate(add)
    return Response.json([exports.add(2, 3), add instanceof WebAssembly.Module, [...new Uint8Array(bytes)], page, query, words, settings.a])
  }`

const TEXTS = {
  'functions/all.ts': `// @ts-nocheck\n${CODE}`,
  'functions/page.html': '<p>page</p>',
  'lib/query.sql': 'select 1',
  'functions/words.txt': 'words',
  'lib/settings.json': '{ "a": 1 }'
}

const ANSWER = [5, true, [1, 2, 255], '<p>page</p>', 'select 1', 'words', 1]

test('WebAssembly, bytes and texts are imported as on Cloudflare', async () => {
  const tree = await serveTree(
    {
      ...TEXTS,
      'functions/add.wasm': ADD,
      'functions/data.bin': Buffer.from([1, 2, 255]),
      'functions/bad.js': `import bad from './bad.wasm'\nexport const onRequest = () => Response.json(bad)`,
      'functions/bad.wasm': Buffer.from('no code')
    },
    { problems: 'serve' }
  )
  try {
    expect(await (await tree.fetch('/all')).json()).toEqual(ANSWER)
    expect((await tree.fetch('/add.wasm')).status).toBe(404)
    const bad = await tree.fetch('/bad')
    expect([bad.status, await bad.text()]).toEqual([
      500,
      expect.stringContaining('functions/bad.js failed while it was loaded: CompileError')
    ])
  } finally {
    await tree.stop()
  }
})

test('a build takes them along', { timeout: 60_000 }, async () => {
  const project = createProject(TEXTS)
  const { writeFileSync } = await import('node:fs')
  writeFileSync(`${project.dir}/functions/add.wasm`, ADD)
  writeFileSync(`${project.dir}/functions/data.bin`, Buffer.from([1, 2, 255]))
  const built = await runTreeway(['build', project.dir, '--out', 'out'], { cwd: project.dir })
  expect([built.code, built.stderr]).toEqual([0, ''])
  const started = startTreeway(['start', `${project.dir}/out`, '--port', '0', '--workers', '1'])
  try {
    const [, url = ''] = await started.waitFor(/(http:\/\/127\S+)/)
    expect(await (await fetch(new URL('/all', url))).json()).toEqual(ANSWER)
  } finally {
    await started.stop()
    project.remove()
  }
})
