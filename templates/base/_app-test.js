import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startTestServer } from 'treeway/testing'

let server

before(async () => {
  server = await startTestServer({ dir: fileURLToPath(new URL('..', import.meta.url)) })
})

after(() => server?.close())

test('the root answers', async () => {
  const answer = await server.fetch('/')
  assert.equal((await answer.json()).message, 'It works.')
})

test('a name is greeted', async () => {
  const answer = await server.fetch('/hello/ada')
  assert.deepEqual(await answer.json(), { message: 'Hello, ada.' })
})
