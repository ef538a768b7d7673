import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveTree } from './serve-tree.ts'
import type { ServedTree } from './serve-tree.ts'

const LENGTH = 3_000_000

/** As a form with a file, and as text: both readers get a body much longer than what is kept of a stream. */
const READERS = `const readers = {
  text: async (request) => (await request.text()).length,
  arrayBuffer: async (request) => (await request.arrayBuffer()).byteLength,
  blob: async (request) => (await request.blob()).size,
  formData: async (request) => (await request.formData()).get('file').size,
  clone: async (request) => (await request.clone().text()).length,
  cloneForm: async (request) => (await request.clone().formData()).get('file').size,
  copy: async (request) => (await new Request(request.clone()).text()).length,
  stream: async (request) => { let size = 0; for await (const chunk of request.body) size += chunk.length; return size }
}
const read = (context, key) => readers[new URL(context.request.url).searchParams.get(key)](context.request)
`

let tree: ServedTree
beforeAll(async () => {
  tree = await serveTree({
    'functions/list.js': `${READERS}
      export const onRequest = [async (c) => { c.data.first = await read(c, 'first'); return c.next() },
        async (c) => Response.json([c.data.first, await read(c, 'second')])]`,
    'functions/around/_middleware.js': `${READERS}
      export const onRequest = async (c) => { c.data.first = await read(c, 'first'); return c.next() }`,
    'functions/around/context.js': `${READERS}
      export const onRequest = async (c) => Response.json([c.data.first, await read(c, 'second')])`,
    'functions/rewritten/_middleware.js': `${READERS}
      export const onRequest = [({ request, next }) => next(new Request(request, { headers: request.headers })),
        async (c) => { c.data.first = await read(c, 'first'); return c.next() }]`,
    'functions/rewritten/context.js': `${READERS}
      export const onRequest = async (c) => Response.json([c.data.first, await read(c, 'second')])`,
    'functions/around/event.js': `export const handler = (event) => ({ body: [Buffer.byteLength(event.body)] })`,
    'functions/around/fn.config.json': '{ "max_body_bytes": 10000000, "invoke": { "methods": ["POST"] } }'
  })
})
afterAll(() => tree.stop())

function toForm(): FormData {
  const form = new FormData()
  form.set('file', new File([new Uint8Array(LENGTH).fill(120)], 'a.bin'))
  return form
}

async function ask(path: string, body: BodyInit): Promise<unknown> {
  return (await tree.fetch(path, { method: 'POST', body })).json()
}

describe.each(['/list', '/around/context', '/rewritten/context'])('a long body, read twice: %s', (path) => {
  test.each(['text', 'arrayBuffer', 'blob', 'clone', 'copy'])('first by %s', async (first) => {
    for (const second of ['text', 'arrayBuffer', 'clone', 'stream']) {
      const answer = await ask(`${path}?first=${first}&second=${second}`, 'x'.repeat(LENGTH))
      expect([second, answer]).toEqual([second, [LENGTH, LENGTH]])
    }
  })

  test.each(['formData', 'cloneForm'])('first by %s', async (first) => {
    for (const second of ['formData', 'cloneForm']) {
      expect(await ask(`${path}?first=${first}&second=${second}`, toForm())).toEqual([LENGTH, LENGTH])
    }
  })

  test('can not be read again once it was streamed away, and says so', async () => {
    const answer = await tree.fetch(`${path}?first=stream&second=text`, {
      method: 'POST',
      body: 'x'.repeat(LENGTH)
    })
    expect(answer.status).toBe(500)
  })
})

test('a long body that middleware read goes on to other styles', async () => {
  const body = 'x'.repeat(LENGTH)
  for (const first of ['text', 'blob', 'clone'])
    expect(await ask(`/around/event?first=${first}`, body)).toEqual([LENGTH])
})
