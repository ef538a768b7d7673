import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { createLanguageCheck } from '../conformance/missing-language.ts'

const dir = fileURLToPath(new URL('../../examples/polyglot', import.meta.url))

/** What each language is asked, and the whole of its answer. */
const bytes = new Uint8Array([0, 255, 254, 10, 13, 128])
const asks = {
  py: {
    request: 'GET /words/The%20tea,%20the%20cup%20and%20the%20TEA',
    answer: {
      words: 7,
      mean_length: 3,
      most_common: [
        { word: 'tea', count: 2 },
        { word: 'cup', count: 1 }
      ]
    }
  },
  php: {
    request: 'GET /slug/Caf%C3%A9/Cr%C3%A8me%20%26%20Stra%C3%9Fe!',
    answer: { slug: 'cafe-creme-strasze' }
  },
  lua: {
    request: 'POST /match',
    body: { text: 'tea 690, cup 1250', pattern: '%d+' },
    answer: '{"found":"690"}\n{"found":"1250"}\n'
  },
  go: {
    request: 'POST /checksum',
    body: bytes,
    answer: {
      bytes: 6,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      crc32: '489e7f00'
    }
  },
  rs: {
    request: 'POST /diff',
    body: { before: 'one\ntwo\nthree', after: 'one\n2\nthree\nfour' },
    answer: { distance: 3, steps: ['  one', '- two', '+ 2', '  three', '+ four'] }
  }
}

const findMissing = createLanguageCheck()
const missing = Object.keys(asks).flatMap((extension) => {
  const program = findMissing({ name: '', files: { [`x.${extension}`]: '' }, expect: [] })
  return program === undefined || process.env['CI'] === 'true' ? [] : [{ extension, program }]
})
const isMissing = (extension: string): boolean => missing.some((each) => each.extension === extension)

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly json: unknown
}

describe('the text desk', () => {
  let app: FastifyInstance | undefined
  let url = ''

  beforeAll(async () => {
    for (const { extension, program } of missing)
      console.warn(`.${extension} is not tried: no ${program} here`)
    app = await createApp({ dir, problems: missing.length > 0 ? 'serve' : 'refuse' })
    url = await app.listen({ port: 0, host: '127.0.0.1' })
  }, 180_000)

  afterAll(async () => {
    await app?.close()
  })

  async function ask(request: string, body?: unknown, key = 'demo'): Promise<Answer> {
    const [method = '', path = ''] = request.split(' ')
    const type = body instanceof Uint8Array ? 'application/octet-stream' : 'application/json'
    const sent = body instanceof Uint8Array ? body.slice() : JSON.stringify(body)
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'x-desk-key': key, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body: sent })
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(text) : text }
  }

  test('names a service for each language, and its links answer', async () => {
    const { status, headers, json } = await ask('GET /')
    expect([status, headers.get('x-desk')]).toEqual([200, 'polyglot'])
    const { services } = json as { services: { language: string; request: string; link?: string }[] }
    expect(services.map(({ language }) => language)).toEqual(['Python', 'PHP', 'Lua', 'Go', 'Rust'])
    const links = services.flatMap(({ link }) => link ?? [])
    expect(links).toHaveLength(2)
    if (isMissing('py') || isMissing('php')) return
    for (const link of links) expect(await ask(`GET ${link}`)).toMatchObject({ status: 200 })
  })

  describe.each(Object.entries(asks))('in .%s', (extension, one) => {
    const body = 'body' in one ? one.body : undefined

    test.skipIf(isMissing(extension))(
      'answers, with the header of the plugin',
      async () => {
        const { status, headers, json } = await ask(one.request, body)
        expect([status, json]).toEqual([200, one.answer])
        expect(headers.get('x-desk')).toBe('polyglot')
      },
      180_000
    )

    if (!body) return
    test.skipIf(isMissing(extension))('is kept from whoever has no key', async () => {
      expect(await ask(one.request, body, 'wrong')).toMatchObject({ status: 401 })
    })
  })

  describe.each([
    ['lua', 'POST /match', { text: 'tea' }, "body must have required property 'pattern'"],
    [
      'lua',
      'POST /match',
      { text: 'tea', pattern: '' },
      'body/pattern must NOT have fewer than 1 characters'
    ],
    ['rs', 'POST /diff', { before: 'tea' }, "body must have required property 'after'"],
    ['rs', 'POST /diff', { before: 'tea', after: {} }, 'body/after must be string']
  ])('in .%s, %s with %j', (extension, request, body, message) => {
    test.skipIf(isMissing(extension))('is refused by its schema', async () => {
      const { status, json } = await ask(request, body)
      expect([status, json]).toMatchObject([400, { code: 'FST_ERR_VALIDATION', message }])
    })
  })

  test.skipIf(isMissing('lua'))('says what is wrong with a pattern', async () => {
    const { status, json } = await ask('POST /match', { text: 'tea', pattern: '%' })
    expect([status, json]).toMatchObject([400, { message: expect.stringContaining('malformed pattern') }])
  })

  test.each(['/_shared', '/words/_shared.py/x', '/nothing'])('%s is 404', async (path) => {
    expect(await ask(`GET ${path}`)).toMatchObject({ status: 404 })
  })
})
