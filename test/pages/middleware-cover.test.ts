import { afterEach, describe, expect, test } from 'vitest'
import { serveTree } from './serve-tree.ts'

let tree: Awaited<ReturnType<typeof serveTree>> | undefined
afterEach(() => tree?.stop())

const COUNTING = `export const onRequest = async ({ request, next, data }) => {
  data.count = (data.count ?? 0) + 1
  const response = await next()
  response.headers.append('x-passed', String(data.count))
  return response
}`

/** A tree where no context route needs a hook, and the same where a plugin makes hooks of all middleware. */
const TREES = {
  'without plugins': {},
  'with a plugin at the root': {
    'functions/+hook.js': `export default async (server) => server.addHook('onRequest', async () => {})`
  },
  'with a plugin elsewhere': {
    'functions/elsewhere/+hook.js': `export default async (server) => server.addHook('onRequest', async () => {})`
  }
}

const FILES = {
  'functions/_middleware.js': COUNTING,
  'functions/context.js': `export const onRequest = () => new Response('context')`,
  'functions/users/[id].js': `export const onRequestGet = ({ params }) => new Response(params.id)`,
  'functions/users/_middleware.js': COUNTING,
  'functions/web.js': `export const GET = () => new Response('web')`,
  'functions/event.js': `export const handler = () => 'event'`,
  'functions/reply.js': `export default () => 'reply'`,
  'public/static.txt': 'static'
}

describe.each(Object.entries(TREES))('every answer is inside the middleware, once: %s', (_title, plugin) => {
  test.each([
    ['/context', 200, '1'],
    ['/users/7', 200, '2, 1'],
    ['/web', 200, '1'],
    ['/event', 200, '1'],
    ['/reply', 200, '1'],
    ['/static.txt', 200, '1'],
    ['/nowhere', 404, '1'],
    ['/users/7/nowhere', 404, '2, 1']
  ])('%s', async (path, status, passed) => {
    tree = await serveTree({ ...FILES, ...plugin })
    const answer = await tree.fetch(path)
    // The outer one is left last, and sees what the inner one counted.
    expect([answer.status, answer.headers.get('x-passed')]).toEqual([status, passed.replace('2, 1', '2, 2')])
  })

  test.each([
    ['a type with blanks', 'text/plain ; charset=utf-8', 200],
    ['a type in capitals', 'TEXT/PLAIN', 200],
    ['no type at all', 'nonsense', 415]
  ])('a body of %s', async (_name, type, status) => {
    tree = await serveTree({ ...FILES, ...plugin })
    const answer = await tree.fetch('/context', {
      method: 'POST',
      headers: { 'content-type': type },
      body: 'x'
    })
    expect(answer.status).toBe(status)
    // next() throws what Fastify refused, so the header is only there where it did not.
    expect(answer.headers.get('x-passed')).toBe(status === 200 ? '1' : null)
  })
})

test.each(Object.entries(TREES))('a refusal of Fastify is thrown by next(): %s', async (_title, plugin) => {
  tree = await serveTree({
    ...plugin,
    'functions/_middleware.js': `export const onRequest = async ({ next }) => {
      try { return await next() } catch (error) { return Response.json({ caught: error.code }) }
    }`,
    'functions/context.js': `export const onRequest = () => new Response('context')`
  })
  const refused = await tree.fetch('/context', {
    method: 'POST',
    headers: { 'content-type': 'nonsense' },
    body: 'x'
  })
  expect([refused.status, await refused.json()]).toEqual([200, { caught: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' }])
})

test.each(Object.entries(TREES))('what a handler throws is caught once: %s', async (_title, plugin) => {
  tree = await serveTree({
    ...plugin,
    'functions/_middleware.js': `let calls = 0
      export const onRequest = async ({ next }) => {
        calls += 1
        try { return await next() } catch (error) { return Response.json({ caught: error.code, calls }) }
      }`,
    'functions/context.js': `export const onRequest = () => {
      throw Object.assign(new Error('mine'), { code: 'MINE' })
    }`
  })
  expect(await (await tree.fetch('/context')).json()).toEqual({ caught: 'MINE', calls: 1 })
})

test.each(Object.entries(TREES))('a guard of the root holds for the metrics: %s', async (_title, plugin) => {
  const files = {
    ...plugin,
    'functions/_middleware.js': `export const onRequest = () => new Response('no', { status: 401 })`,
    'functions/context.js': `export const onRequest = () => new Response('context')`
  }
  tree = await serveTree(files, { config: { metrics: true } })
  expect((await tree.fetch('/_treeway/metrics')).status).toBe(401)
  expect((await tree.fetch('/context')).status).toBe(401)
})
