/** A situation, and what a file of each style exports to meet it. */
export interface StyleSources {
  readonly reply: string
  readonly event: string
  readonly context: string
  readonly web: string
}

/** `respond(init, body)` in the words of the two Web styles. */
function toWeb(code: string): Pick<StyleSources, 'context' | 'web'> {
  return {
    context: `export const onRequest = async ({ request, params }) => { ${code} }\n`,
    web: `const answer = async (request, { params }) => { ${code} }
export const GET = answer, POST = answer, PUT = answer, DELETE = answer, HEAD = answer, OPTIONS = answer\n`
  }
}

const reply = (code: string): string => `module.exports = async (request, reply) => { ${code} }\n`
const event = (code: string): string => `exports.handler = async (event, params) => { ${code} }\n`

/** One list for all four styles: a file is called `<name>/[id].<style>`, and answers every method it can. */
export const situations = {
  text: {
    reply: reply(`return 'plain text'`),
    event: event(`return 'plain text'`),
    ...toWeb(`return new Response('plain text')`)
  },
  json: {
    reply: reply(`return { a: [1, null, 'é'] }`),
    event: event(`return { a: [1, null, 'é'] }`),
    ...toWeb(`return Response.json({ a: [1, null, 'é'] })`)
  },
  created: {
    reply: reply(`reply.code(201).header('x-made', 'yes'); return 'made'`),
    event: event(`return { status: 201, headers: { 'X-Made': 'yes' }, body: 'made' }`),
    ...toWeb(`return new Response('made', { status: 201, headers: { 'x-made': 'yes' } })`)
  },
  cookies: {
    reply: reply(`reply.header('set-cookie', ['a=1', 'b=2']); return ''`),
    event: event(`return { headers: { 'set-cookie': ['a=1', 'b=2'] }, body: '' }`),
    ...toWeb(
      `const headers = new Headers(); headers.append('set-cookie', 'a=1'); headers.append('set-cookie', 'b=2'); return new Response('', { headers })`
    )
  },
  nothing: {
    reply: reply(`return reply.code(204).send()`),
    event: event(`return { status: 204 }`),
    ...toWeb(`return new Response(null, { status: 204 })`)
  },
  empty: {
    reply: reply(`reply.send()`),
    event: event(`return { status: 200 }`),
    ...toWeb(`return new Response(null)`)
  },
  unchanged: {
    reply: reply(`return reply.code(304).send()`),
    event: event(`return { status: 304, headers: { etag: '"1"' } }`),
    ...toWeb(`return new Response(null, { status: 304, headers: { etag: '"1"' } })`)
  },
  redirect: {
    reply: reply(`return reply.redirect('/elsewhere', 303)`),
    event: event(`return { status: 303, headers: { Location: '/elsewhere' } }`),
    ...toWeb(`return new Response(null, { status: 303, headers: { location: '/elsewhere' } })`)
  },
  param: {
    reply: reply(`return request.params.id`),
    event: event(`return params.id`),
    ...toWeb(`return new Response(params.id)`)
  },
  query: {
    reply: reply(`return [request.query.a].flat().join('+')`),
    event: event(`return [event.query.a].flat().join('+')`),
    ...toWeb(`return new Response(new URL(request.url).searchParams.getAll('a').join('+'))`)
  },
  header: {
    reply: reply(`return request.headers['x-asked'] + ' ' + request.method`),
    event: event(`return event.headers['x-asked'] + ' ' + event.method`),
    ...toWeb(`return new Response(request.headers.get('x-asked') + ' ' + request.method)`)
  },
  body: {
    reply: reply(`return typeof request.body === 'string' ? request.body : JSON.stringify(request.body)`),
    event: event(`return event.body`),
    ...toWeb(`return new Response(await request.text())`)
  },
  bytes: {
    reply: reply(`return Buffer.from([0, 255, 1])`),
    event: event(`return { status: 200, body_base64: 'AP8B' }`),
    ...toWeb(`return new Response(new Uint8Array([0, 255, 1]))`)
  },
  stream: {
    reply: reply(
      `return require('node:stream').Readable.from((async function* () { for (let i = 0; i < 3; i++) yield 'part ' + i + ';' })())`
    ),
    event: event(`return (async function* () { for (let i = 0; i < 3; i++) yield 'part ' + i + ';' })()`),
    ...toWeb(
      `let i = 0; return new Response(new ReadableStream({ pull(c) { i < 3 ? c.enqueue(new TextEncoder().encode('part ' + i++ + ';')) : c.close() } }))`
    )
  }
} as const satisfies Readonly<Record<string, StyleSources>>
