import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  createLazyResponse,
  isRead,
  LightResponse,
  takeResponse,
  toMutableResponse
} from './light-response.ts'

type ResponseClass = typeof Response

/** One case list, two implementations: Node's own says what is right. */
const CASES: Readonly<Record<string, (implementation: ResponseClass) => Response>> = {
  'nothing at all': (Own) => new Own(),
  'a text': (Own) => new Own('text'),
  'an empty text': (Own) => new Own(''),
  'a status and its text': (Own) => new Own('made', { status: 201, statusText: 'Made' }),
  'a status as text': (Own) => new Own('made', { status: '201' as unknown as number }),
  'headers of an object': (Own) =>
    new Own('{}', { headers: { 'Content-Type': 'application/json', 'X-One': '1' } }),
  'a header that is a number': (Own) => new Own('', { headers: { 'x-one': 1 as unknown as string } }),
  'headers in pairs, one of them twice': (Own) =>
    new Own('', {
      headers: [
        ['x-one', '1'],
        ['X-One', '2']
      ]
    }),
  'headers of a Map': (Own) => new Own('', { headers: new Map([['x-one', '1']]) as unknown as HeadersInit }),
  'headers of Headers, two cookies among them': (Own) => {
    const headers = new Headers({ 'x-one': '1' })
    headers.append('set-cookie', 'a=1')
    headers.append('set-cookie', 'b=2')
    return new Own('', { headers })
  },
  'a header that is appended later': (Own) => {
    const response = new Own('text')
    response.headers.append('x-late', '1')
    return response
  },
  'headers that are changed after they were given': (Own) => {
    const headers = { 'x-one': '1' }
    const response = new Own('', { headers })
    headers['x-one'] = '2'
    return response
  },
  'no body with 204': (Own) => new Own(null, { status: 204 }),
  bytes: (Own) => new Own(new Uint8Array([1, 2, 3])),
  'a part of bytes': (Own) => new Own(new Uint8Array([1, 2, 3, 4]).subarray(1, 3)),
  'an ArrayBuffer': (Own) => new Own(new Uint8Array([1, 2]).buffer),
  'a DataView': (Own) => new Own(new DataView(new Uint8Array([1, 2, 3]).buffer, 1)),
  'a Blob with a type': (Own) => new Own(new Blob(['text'], { type: 'text/css' })),
  'a form': (Own) => new Own(new URLSearchParams({ a: '1', b: 'x y' })),
  'a stream': (Own) => new Own(new Blob(['streamed']).stream()),
  'a number as body': (Own) => new Own(42 as unknown as string),
  JSON: (Own) => Own.json({ hello: 'world' }),
  'JSON with a status and headers': (Own) => Own.json([1], { status: 202, headers: { 'X-One': '1' } }),
  'JSON of a type of its own': (Own) =>
    Own.json({}, { headers: { 'content-type': 'application/problem+json' } }),
  'a redirect': (Own) => Own.redirect('http://example.com/', 303),
  'a copy of another response': (Own) => {
    const first = new Own('text', { status: 201, headers: { 'x-one': '1' } })
    return new Own(first.body, first)
  },
  'a copy whose headers are changed': (Own) => {
    const first = new Own('text', { headers: { 'x-one': '1' } })
    const copy = new Own(first.body, first)
    copy.headers.set('x-two', '2')
    copy.headers.delete('x-one')
    return copy
  },
  'a copy of bytes, of an empty text, of a copy': (Own) => {
    const bytes = new Own(new Own(new Uint8Array([1, 2])).body)
    const empty = new Own(new Own('').body)
    return new Own(bytes.body, empty)
  },
  'a copy of a response with changed headers': (Own) => {
    const first = new Own('text')
    first.headers.set('x-one', '1')
    return new Own(first.body, first)
  },
  'a copy with a type where there was none': (Own) => new Own('text', new Own(null, { status: 201 })),
  'a body that went through another stream': (Own) => {
    const first = new Own('text')
    return new Own(first.body?.pipeThrough(new TransformStream()) ?? null, first)
  },
  'one half of a body': (Own) => new Own(new Own('text').body?.tee()[0] ?? null),
  'a clone of one whose body was looked at': (Own) => {
    const first = new Own('text')
    return first.body === null ? first : first.clone()
  },
  'a clone': (Own) => new Own('text', { status: 201 }).clone()
}

async function readAll(response: Response): Promise<unknown> {
  const { status, statusText, ok, redirected, type, url } = response
  const before = response.bodyUsed
  const hasBody = response.body !== null
  const bytes = [...new Uint8Array(await response.arrayBuffer())]
  const headers = [...response.headers]
  const after = response.bodyUsed
  return { status, statusText, ok, redirected, type, url, headers, hasBody, bytes, before, after }
}

describe('a light response is what Node makes of', () => {
  test.each(Object.entries(CASES))('%s', async (_title, create) => {
    expect(await readAll(create(LightResponse))).toEqual(await readAll(create(Response)))
  })
})

describe('taken apart, it still is what Node makes of', () => {
  test.each(Object.entries(CASES))('%s', async (_title, create) => {
    const expected = create(Response)
    const response = create(LightResponse)
    const taken = takeResponse(response)
    if (taken === undefined) return expect(response.constructor).toBe(Response)
    const { status, statusText, headers } = expected
    const pairs = new Headers()
    for (let i = 0; i < taken.headers.length; i += 2)
      pairs.append(taken.headers[i] ?? '', taken.headers[i + 1] ?? '')
    expect({ status: taken.status, statusText: taken.statusText, headers: [...pairs] }).toEqual({
      status,
      statusText,
      headers: [...headers]
    })
    expect(Buffer.from(await new Response(taken.body as BodyInit).arrayBuffer())).toEqual(
      Buffer.from(await expected.arrayBuffer())
    )
  })
})

test.each<[string, (Own: ResponseClass) => unknown]>([
  ['a status that is none', (Own) => new Own('', { status: 42 })],
  ['a body with 204', (Own) => new Own('text', { status: 204 })],
  ['JSON of a function', (Own) => Own.json(() => undefined)]
])('refuses %s, as Node does', (_title, create) => {
  const refusal = (Own: ResponseClass): string => {
    try {
      create(Own)
    } catch (error) {
      return (error as Error).name
    }
    return 'none'
  }
  expect(refusal(LightResponse)).toBe(refusal(Response))
})

test('a text goes out as the very text, and a stream of Node as it is', () => {
  const stream = Readable.from(['a'])
  expect(takeResponse(new LightResponse('text'))?.body).toBe('text')
  expect(takeResponse(new LightResponse(stream as unknown as BodyInit))?.body).toBe(stream)
})

test('the length of a Blob is known', () => {
  expect(takeResponse(new LightResponse(new Blob(['four'])))?.length).toBe(4)
})

test('is a Response to instanceof, and so are the ones of Node and of a class that extends it', () => {
  class Page extends LightResponse {}
  expect(new LightResponse() instanceof Response).toBe(true)
  expect(new Response() instanceof LightResponse).toBe(true)
  expect(new Page() instanceof LightResponse).toBe(true)
  expect(new LightResponse() instanceof Page).toBe(false)
  expect(new Page('text').constructor.name).toBe('Page')
  expect(LightResponse.name).toBe('Response')
})

test('prints as what it is, and its body stays to be read', async () => {
  const response = new LightResponse('text', { status: 201 })
  expect(inspect(response)).toMatch(/^Response \{[^]*status: 201/)
  expect(await response.text()).toBe('text')
})

describe('the stream of a text', () => {
  async function readOwn(Own: ResponseClass, read: (stream: ReadableStream<Uint8Array>) => Promise<unknown>) {
    const response = new Own('text')
    const { body } = response
    const read1 = body === response.body && body !== null ? await read(body) : undefined
    return [read1, response.bodyUsed, body?.locked]
  }

  test.each<[string, (stream: ReadableStream<Uint8Array>) => Promise<unknown>]>([
    ['read', async (stream) => [await stream.getReader().read()].map(({ value }) => String(value))],
    [
      'read to its end',
      async (stream) => {
        const chunks: string[] = []
        for await (const chunk of stream) chunks.push(String(chunk))
        return chunks
      }
    ],
    [
      'read and given up',
      async (stream) => {
        const reader = stream.getReader()
        const { value } = await reader.read()
        reader.releaseLock()
        return String(value)
      }
    ],
    [
      'read into a buffer',
      async (stream) => {
        const reader = stream.getReader({ mode: 'byob' })
        const first = await reader.read(new Uint8Array(8))
        const second = await reader.read(new Uint8Array(8))
        return [String(first.value), second.done]
      }
    ],
    ['cancelled', (stream) => stream.cancel('no')],
    ['not read at all', async () => 'nothing']
  ])('can be %s', async (_title, read) => {
    expect(await readOwn(LightResponse, read)).toEqual(await readOwn(Response, read))
  })

  test('is not given away once somebody began to read it', async () => {
    const response = new LightResponse('text')
    const reader = response.body?.getReader()
    await reader?.read()
    reader?.releaseLock()
    expect(() => new LightResponse(response.body)).toThrow(TypeError)
    await expect(response.text()).rejects.toThrow(TypeError)
  })

  test('is the very text again when it is sent', () => {
    const response = new LightResponse('text', { headers: { 'x-one': '1' } })
    const { body, headers } = takeResponse(new LightResponse(response.body, response)) ?? {}
    expect([body, headers]).toEqual(['text', ['x-one', '1', 'content-type', 'text/plain;charset=UTF-8']])
  })
})

test('a second read fails, as with Node', async () => {
  const response = new LightResponse('text')
  await response.text()
  await expect(response.text()).rejects.toThrow(TypeError)
})

test('headers that lie elsewhere are gathered when they are read, and only then', () => {
  let reads = 0
  const response = createLazyResponse('text', 200, () => {
    reads += 1
    return new Headers({ 'x-one': '1' })
  })
  expect(isRead(response, 'headers')).toBe(false)
  expect(reads).toBe(0)
  response.headers.set('x-two', '2')
  expect(takeResponse(response)?.headers).toEqual(['x-one', '1', 'x-two', '2'])
  expect([reads, isRead(response, 'headers'), isRead(response, 'body')]).toEqual([1, true, false])
})

test('a response that came from elsewhere becomes one whose headers can be changed', () => {
  const response = toMutableResponse(Response.redirect('http://example.com/'))
  response.headers.set('x-one', '1')
  expect([...response.headers]).toEqual([
    ['location', 'http://example.com/'],
    ['x-one', '1']
  ])
})
