import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveTree } from './serve-tree.ts'
import type { ServedTree } from './serve-tree.ts'

const THROWN = {
  text: `new Response('thrown', { status: 418, headers: { 'x-a': 'b' } })`,
  fine: `new Response('fine')`,
  redirect: `Response.redirect('http://example.org/', 303)`,
  json: `Response.json({ error: 'no' }, { status: 404 })`,
  cookies: `new Response(null, { status: 401, headers: [['set-cookie', 'a=1'], ['set-cookie', 'b=2']] })`,
  stream: `new Response(new Blob(['a', 'b']).stream(), { status: 409 })`
}
const CASES = Object.entries(THROWN)
  .map(([name, code]) => `${name}: () => ${code}`)
  .join(',\n')
const CONTEXT = `const cases = { ${CASES} }
  export const onRequestGet = async ({ params }) => { throw cases[params.what]() }`

let tree: ServedTree
beforeAll(async () => {
  tree = await serveTree({
    'functions/context/[what].js': CONTEXT,
    'functions/web/[what].js': `const cases = { ${CASES} }
      export const GET = async (request, { params }) => { throw cases[params.what]() }`,
    'functions/reply/[what].js': `const cases = { ${CASES} }
      export default async (request) => { throw cases[request.params.what]() }`,
    'functions/passed/_middleware.js': `export const onRequest = ({ next }) => next()`,
    'functions/passed/[what].js': CONTEXT,
    'functions/caught/_middleware.js': `export const onRequest = async ({ next }) => {
      try { return await next() } catch (thrown) {
        if (!(thrown instanceof Response)) throw thrown
        const answer = new Response(thrown.body, thrown)
        answer.headers.set('x-caught', 'yes')
        return answer
      }
    }`,
    'functions/caught/[what].js': CONTEXT,
    'functions/caught/web/[what].js': `const cases = { ${CASES} }
      export const GET = async (request, { params }) => { throw cases[params.what]() }`,
    'functions/guarded/_middleware.js': `export const onRequest = () => { throw new Response('guarded', { status: 403 }) }`,
    'functions/guarded/page.js': `export const onRequest = () => new Response('page')`,
    'functions/error.js': `export const onRequest = () => Response.error()`,
    'functions/passed/error.js': `export const onRequest = () => Response.error()`,
    'public/guarded/file.txt': 'file'
  })
})
afterAll(() => tree.stop())

async function ask(path: string): Promise<unknown[]> {
  const answer = await tree.fetch(path)
  return [answer.status, await answer.text(), answer.headers.get('x-caught')]
}

describe('a Response that is thrown', () => {
  test.each(['context', 'web', 'reply', 'passed'])('is the answer: %s', async (folder) => {
    expect(await ask(`/${folder}/text`)).toEqual([418, 'thrown', null])
    expect(await ask(`/${folder}/fine`)).toEqual([200, 'fine', null])
    expect(await ask(`/${folder}/json`)).toEqual([404, '{"error":"no"}', null])
    expect(await ask(`/${folder}/stream`)).toEqual([409, 'ab', null])
    const redirect = await tree.fetch(`/${folder}/redirect`)
    expect([redirect.status, redirect.headers.get('location')]).toEqual([303, 'http://example.org/'])
    const cookies = await tree.fetch(`/${folder}/cookies`)
    expect([cookies.status, cookies.headers.getSetCookie()]).toEqual([401, ['a=1', 'b=2']])
    expect((await tree.fetch(`/${folder}/text`)).headers.get('x-a')).toBe('b')
  })

  test.each(['caught', 'caught/web'])('is caught by middleware as it is: %s', async (folder) => {
    expect(await ask(`/${folder}/text`)).toEqual([418, 'thrown', 'yes'])
    expect(await ask(`/${folder}/fine`)).toEqual([200, 'fine', 'yes'])
    expect(await ask(`/${folder}/json`)).toEqual([404, '{"error":"no"}', 'yes'])
    expect(await ask(`/${folder}/stream`)).toEqual([409, 'ab', 'yes'])
  })

  test('guards what lies below the middleware that throws it', async () => {
    for (const path of ['/guarded/page', '/guarded/file.txt', '/guarded/none']) {
      expect(await ask(path), path).toEqual([403, 'guarded', null])
    }
  })
})

test('Response.error() is no answer', async () => {
  for (const path of ['/error', '/passed/error']) expect((await tree.fetch(path)).status, path).toBe(500)
})
