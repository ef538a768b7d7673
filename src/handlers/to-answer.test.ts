import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { toAnswer } from './to-answer.ts'

const TEXT = 'text/plain; charset=utf-8'

describe('an answer is an envelope', () => {
  it.each<[string, object, number, unknown]>([
    ['with a status alone', { status: 204 }, 204, ''],
    ['with a status and a body', { status: 201, body: 'b' }, 201, 'b'],
    ['with a status and keys of its own', { status: 201, id: 7 }, 201, ''],
    ['with Lambda’s status', { statusCode: 202, body: 'b' }, 202, 'b'],
    ['with a body alone', { body: { a: 1 } }, 200, { a: 1 }],
    ['with headers alone', { headers: { 'x-a': '1' } }, 200, ''],
    ['with base64', { body_base64: 'QUJD' }, 200, Buffer.from('ABC')],
    [
      'with a body that is marked as base64',
      { status: 200, body: 'QUJD', isBase64Encoded: true },
      200,
      Buffer.from('ABC')
    ]
  ])('%s', (_what, value, status, payload) => {
    expect(toAnswer(value)).toMatchObject({ status, payload })
  })

  it('may repeat a header, in each of the ways there are', () => {
    expect(
      toAnswer({ headers: { 'set-cookie': ['a=1', 'b=2'], 'x-n': 1, 'x-none': undefined } }).headers
    ).toEqual({
      'set-cookie': ['a=1', 'b=2'],
      'x-n': '1'
    })
    expect(
      toAnswer({ status: 200, cookies: ['a=1'], multiValueHeaders: { 'x-a': ['1', '2'] } }).headers
    ).toEqual({
      'set-cookie': ['a=1'],
      'x-a': ['1', '2']
    })
  })
})

describe('an answer is data', () => {
  it.each<[string, object]>([
    ['with a status that is a word', { status: 'open', id: 1 }],
    ['with a body among other keys', { body: 'text', title: 't' }],
    ['with headers that are a list', { headers: ['a', 'b'] }],
    ['as a list', [{ status: 200 }]],
    ['as an empty object', {}]
  ])('%s', (_what, value) => {
    expect(toAnswer(value)).toMatchObject({ status: 200, headers: undefined, payload: value })
  })
})

describe('a plain value', () => {
  it.each<[unknown, unknown, string | undefined]>([
    ['text', 'text', TEXT],
    ['<!doctype html><p>', '<!doctype html><p>', 'text/html; charset=utf-8'],
    ['<p>', '<p>', TEXT],
    [42, '42', TEXT],
    [10n, '10', TEXT],
    [true, 'true', 'application/json; charset=utf-8'],
    [undefined, '', undefined],
    [null, '', undefined],
    [new Uint8Array([65, 66]), Buffer.from('AB'), 'application/octet-stream'],
    [new Uint8Array([65, 66]).buffer, Buffer.from('AB'), 'application/octet-stream']
  ])('%s is sent with its own type', (value, payload, contentType) => {
    expect(toAnswer(value)).toEqual({ status: 200, headers: undefined, payload, contentType })
  })

  it('may be a generator: text and bytes go out as they are, anything else as a line of JSON', async () => {
    function* list(): Generator<unknown> {
      yield 'a'
      yield Buffer.from('b')
      yield { c: 1 }
    }
    const { payload } = toAnswer(list())
    expect(Buffer.concat(await (payload as Readable).toArray()).toString()).toBe('ab{"c":1}\n')
  })

  it('may be a stream, which is passed on', () => {
    const stream = Readable.from(['a'])
    expect(toAnswer({ status: 200, body: stream }).payload).toBe(stream)
  })

  it('of a part of a buffer does not send the rest of it', () => {
    const part = new Uint8Array(Buffer.from('secret AB').buffer.slice(0), 0, 2)
    expect((toAnswer(part).payload as Buffer).length).toBe(2)
  })
})

describe('what can not be sent', () => {
  it.each<[string, unknown]>([
    ['a status that is none', { status: 42, body: '' }],
    ['a status between two numbers', { status: 200.5, body: '' }],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['headers that end a line', { status: 200, headers: { 'x-a': 'a\r\nset-cookie: x=1' } }],
    ['a header name with a space', { status: 200, headers: { 'x a': '1' } }],
    ['base64 that is none', { status: 200, body: '***', is_base64: true }]
  ])('%s is TREEWAY_ANSWER_INVALID', (_what, value) => {
    expect(() => toAnswer(value)).toThrow(expect.objectContaining({ code: 'TREEWAY_ANSWER_INVALID' }))
  })
})
