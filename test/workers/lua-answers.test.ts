import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lua } from '../../src/languages/lua/lua.ts'
import { hasTool, openProject, readBody, readText, type RuntimeProject, waitFor } from './runtime-project.ts'

const returns = (text: string): string => `return function(event, params) return ${text} end\n`
const runs = (text: string): string => `return function(event, params) ${text} end\n`

const files = {
  'plain.lua': returns('{ status = 200, headers = { ["Content-Type"] = "text/plain" }, body = "hello-lua" }'),
  'map.lua': returns('{ u = "https://x/ü" }'),
  'list.lua': returns('{ 1, "a", true }'),
  'empty.lua': returns('{}'),
  'array.lua': `local treeway = require("treeway")\n${returns('{ list = treeway.array() }')}`,
  'null.lua': `local null = require("treeway").null\n${returns('{ 1, null }')}`,
  'local.lua':
    'local function handler(event, params)\n  return { status = 200, body = params.id }\nend\n\nreturn handler\n',
  'global.lua': 'function handler(event)\n  return { status = 200, body = "global" }\nend\n',
  'main.lua': 'function main(event) return { ok = true } end\n',
  'table.lua': 'local M = {}\nfunction M.handler(event) return "of a module" end\nreturn M\n',
  'text.lua': returns('"s"'),
  'page.lua': returns('"\\n<!doctype html><p>x"'),
  'number.lua': returns('42'),
  'none.lua': runs(''),
  'false.lua': returns('false'),
  'bytes.lua': returns('"\\255\\0"'),
  'shebang.lua': `#!/usr/bin/env lua\n${returns('"shebang"')}`,
  'named.lua': 'function show(event) return "shown" end\nfunction handler() return "wrong" end\n',
  'event.lua': returns('event'),
  'cjson.lua': `local cjson = require("cjson")\n${runs('return cjson.decode(cjson.encode({ a = { 1, 2 } }))')}`,
  'safe.lua': `local cjson = require("cjson.safe")\n${runs('local value, fault = cjson.decode("{") return { fault = fault ~= nil, value = value == nil }')}`,
  'echo.lua':
    'local function decode(text) return { body = text, is_base64 = true, headers = { ["content-type"] = "a/b" } } end\n' +
    runs('if event.is_base64 then return decode(event.body) end return event.body'),
  'error.lua': `n = 0\n${runs('n = n + 1 error("calls=" .. n)')}`,
  'value.lua':
    'local function deep()\n  error("boom")\nend\n\nreturn function(event)\n  deep()\n  return "x"\nend\n',
  'nil.lua': 'return function(event)\n  return event.nothing.there\nend\n',
  'raised.lua': runs('error({ code = 7 })'),
  'deep.lua': 'local function deep(n) return 1 + deep(n + 1) end\nreturn function() return deep(1) end\n',
  'exit.lua': runs('os.exit(3)'),
  'status.lua': returns('{ status = 700 }'),
  'function.lua': returns('{ f = print }'),
  'cycle.lua': runs('local t = {} t.t = t return t'),
  'cookies.lua': returns(
    '{ status = 200, headers = { ["Set-Cookie"] = { "a=1", "b=2" }, ["X-N"] = 5 }, body = "" }'
  ),
  'prints.lua': runs(
    'print("one", 2, nil) io.write("ha", "lf") io.stderr:write("oops\\n") io.stdout:write("-end") os.execute("echo program") return "x"'
  ),
  'syntax.lua': 'return function(event)\n  return 1 +\nend\n',
  'missing.lua': 'local x = 1\n',
  'broken.lua': 'error("at load")\n',
  'iterator.lua': runs(
    'local n = -1 return function() n = n + 1 print("log " .. n) if n < 3 then return "piece " .. n .. "\\n" end end'
  ),
  'coroutine.lua': runs(
    'return { headers = { ["content-type"] = "text/event-stream" }, body = coroutine.create(function() for n = 1, 3 do coroutine.yield("data: " .. n .. "\\n\\n") end end) }'
  ),
  'wrapped.lua': runs('return coroutine.wrap(function() coroutine.yield("a") coroutine.yield("b") end)'),
  'big.lua': runs('local n = 0 return function() n = n + 1 if n <= 64 then return ("x"):rep(100000) end end'),
  'cut.lua': runs('return coroutine.create(function() coroutine.yield("begin") error("in the middle") end)')
}

const JSON_TYPE = 'application/json; charset=utf-8'
const TEXT_TYPE = 'text/plain; charset=utf-8'

const interpreters = [
  ['LuaJIT', 'luajit', ['-v']],
  ['Lua 5.4', 'lua5.4', ['-v']]
] as const

describe.each(interpreters)('%s handlers', (kind, command, args) => {
  const isThere = hasTool(command, args)
  let project: RuntimeProject

  beforeAll(async () => {
    if (!isThere) return
    const choice = JSON.stringify({ runtime: { version: kind } })
    project = await openProject(lua, { ...files, '.luarc.json': choice })
  })
  afterAll(async () => await project?.close())

  it.skipIf(!isThere).each([
    ['plain.lua', 200, 'text/plain', 'hello-lua'],
    ['map.lua', 200, JSON_TYPE, '{"u":"https://x/ü"}'],
    ['list.lua', 200, JSON_TYPE, '[1,"a",true]'],
    ['empty.lua', 200, JSON_TYPE, '{}'],
    ['array.lua', 200, JSON_TYPE, '{"list":[]}'],
    ['null.lua', 200, JSON_TYPE, '[1,null]'],
    ['local.lua', 200, TEXT_TYPE, '42'],
    ['global.lua', 200, TEXT_TYPE, 'global'],
    ['main.lua', 200, JSON_TYPE, '{"ok":true}'],
    ['table.lua', 200, TEXT_TYPE, 'of a module'],
    ['text.lua', 200, TEXT_TYPE, 's'],
    ['page.lua', 200, 'text/html; charset=utf-8', '\n<!doctype html><p>x'],
    ['number.lua', 200, TEXT_TYPE, '42'],
    ['none.lua', 200, undefined, ''],
    ['false.lua', 200, JSON_TYPE, 'false'],
    ['shebang.lua', 200, TEXT_TYPE, 'shebang'],
    ['cjson.lua', 200, JSON_TYPE, '{"a":[1,2]}'],
    ['wrapped.lua', 200, TEXT_TYPE, 'ab'],
    ['coroutine.lua', 200, 'text/event-stream', 'data: 1\n\ndata: 2\n\ndata: 3\n\n']
  ])('%s answers %i %s', async (name, status, type, body) => {
    const answer = await project.invoke(name, { params: { id: '42' } })
    expect([answer.status, answer.headers['content-type'], await readText(answer)]).toEqual([
      status,
      type,
      body
    ])
  })

  it.skipIf(!isThere)('return strings that are no text as bytes', async () => {
    const answer = await project.invoke('bytes.lua')
    expect(answer.headers['content-type']).toBe('application/octet-stream')
    expect([...(await readBody(answer))]).toEqual([0xff, 0])
  })

  it.skipIf(!isThere)('repeat a header for a list of values', async () => {
    const { headers } = await project.invoke('cookies.lua')
    expect(headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], 'x-n': '5' })
  })

  it.skipIf(!isThere)('are found by the name that invoke.handler gives', async () => {
    const fn = project.functions.find(({ name }) => name === 'named.lua')
    const request = { event: { id: 'n', method: 'GET' }, params: {}, signal: { aborted: false } }
    if (fn === undefined) throw new Error('no named.lua')
    const answer = await project.runtime.invoke({ ...fn, handler: 'show' }, request)
    expect(await readText(answer)).toBe('shown')
  })

  it.skipIf(!isThere)('get params, path_params, env and body in the event, whole numbers whole', async () => {
    const event = { id: 'e', method: 'POST', ts: 1764000000000, query: { a: ['1', '2'] } }
    const sent = { params: { id: '7' }, body: '{"a":"ü"}', event }
    const text = await readText(await project.invoke('event.lua', sent))
    expect(text).toContain('"ts":1764000000000')
    const wanted = { ...event, params: { id: '7' }, path_params: { id: '7' }, env: {}, body: '{"a":"ü"}' }
    expect(JSON.parse(text)).toMatchObject(wanted)
  })

  it.skipIf(!isThere)('get no body when there is none, and base64 when it is no text', async () => {
    expect(JSON.parse(await readText(await project.invoke('event.lua')))).not.toHaveProperty('body')
    const answer = await project.invoke('event.lua', { method: 'POST', body: Buffer.from([0xff, 0x00]) })
    expect(JSON.parse(await readText(answer))).toMatchObject({ body: '/wA=', is_base64: true })
  })

  it.skipIf(!isThere).each([1, 1000, 300_000, 5_000_000])(
    'return %i random bytes as they came',
    async (size) => {
      const body = randomBytes(size)
      const answer = await project.invoke('echo.lua', { method: 'POST', body })
      expect((await readBody(answer)).equals(body)).toBe(true)
    }
  )

  it.skipIf(!isThere)(
    'fail with the traceback as cause and the place in the file, and run once',
    async () => {
      await expect(project.invoke('error.lua')).rejects.toMatchObject({
        code: 'TREEWAY_HANDLER_FAILED',
        statusCode: 500,
        message: 'error.lua: calls=1'
      })
      await expect(project.invoke('error.lua')).rejects.toThrow('calls=2')
      const error = await project.invoke('value.lua').catch((caught: unknown) => caught as Error)
      expect(error).toMatchObject({ problems: [{ file: 'value.lua', line: 2 }] })
      const stack = ((error as Error).cause as Error).stack ?? ''
      expect(stack).toContain('value.lua:2: boom\nstack traceback:')
      expect(stack).toMatch(/value\.lua:6: in (function|field)/)
      expect(stack).not.toContain('treeway')
    }
  )

  it.skipIf(!isThere).each([
    ['nil.lua', 'TREEWAY_HANDLER_FAILED', /attempt to index/],
    ['raised.lua', 'TREEWAY_HANDLER_FAILED', /\{"code":7\}/],
    ['deep.lua', 'TREEWAY_HANDLER_FAILED', /stack overflow/],
    ['exit.lua', 'TREEWAY_HANDLER_FAILED', /os\.exit\(3\) was called/],
    ['status.lua', 'TREEWAY_ANSWER_INVALID', /status.*700/],
    ['function.lua', 'TREEWAY_ANSWER_INVALID', /type function/],
    ['cycle.lua', 'TREEWAY_ANSWER_INVALID', /a table in itself/],
    ['syntax.lua', 'TREEWAY_SYNTAX', /unexpected symbol near 'end'/],
    ['missing.lua', 'TREEWAY_EXPORT_MISSING', /no function handler or main/],
    ['broken.lua', 'TREEWAY_LOAD_FAILED', /at load/]
  ])('%s fails with %s', async (name, code, message) => {
    const failed = project.invoke(name, { params: { id: '1' } })
    await expect(failed).rejects.toMatchObject({ code, statusCode: 500 })
    await expect(failed).rejects.toThrow(message)
  })

  it.skipIf(!isThere)('are searched for syntax errors before the first request', () => {
    const found = project.problems.map(({ code, file, line }) => ({ code, file, line }))
    expect(found).toEqual([{ code: 'TREEWAY_SYNTAX', file: 'syntax.lua', line: 3 }])
  })

  it.skipIf(!isThere)('have what they print in the log, with the id of the request', async () => {
    await project.invoke('prints.lua', { event: { id: 'the-id' } })
    const lines = project.logs.filter(({ requestId }) => requestId === 'the-id')
    expect(lines.map(({ stream, text }) => `${stream} ${text}`).toSorted()).toEqual([
      'stderr oops',
      'stdout half-end',
      'stdout one\t2\tnil'
    ])
    // what programs write goes to descriptor 2
    await waitFor(() => project.logs.some(({ text }) => text === 'program'), 'the line of a program')
  })

  it.skipIf(!isThere)('stream what a function gives', async () => {
    const answer = await project.invoke('iterator.lua', { event: { id: 'iterator' } })
    expect(answer.headers).toEqual({ 'content-type': TEXT_TYPE })
    expect(await readText(answer)).toBe('piece 0\npiece 1\npiece 2\n')
    const lines = project.logs.filter(({ requestId }) => requestId === 'iterator')
    expect(lines.map(({ text }) => text)).toEqual(['log 0', 'log 1', 'log 2', 'log 3'])
    expect(await readBody(await project.invoke('big.lua'))).toHaveLength(6_400_000)
  })

  it.skipIf(!isThere)('cut the stream when it raises', async () => {
    const answer = await project.invoke('cut.lua')
    await expect(readText(answer)).rejects.toThrow('in the middle')
  })
})
