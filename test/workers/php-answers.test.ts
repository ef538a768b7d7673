import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { php } from '../../src/languages/php/php.ts'
import { hasTool, openProject, readBody, readText, type RuntimeProject, waitFor } from './runtime-project.ts'

const returns = (text: string): string => `<?php\nfunction handler($event) { return ${text}; }\n`
const runs = (text: string): string => `<?php\nfunction handler($event, $params) { ${text} }\n`

const files = {
  'plain.php': returns(
    '["status" => 200, "headers" => ["Content-Type" => "text/plain"], "body" => "hello-php"]'
  ),
  'array.php': returns('["a" => 1, "u" => "https://x/ü", "o" => new stdClass]'),
  'list.php': returns('[1, "a", null]'),
  'object.php': returns('(object) ["status" => 201, "body" => (object) []]'),
  'main.php': '<?php\nfunction main($event) { return ["ok" => true]; }\n',
  'text.php': returns('"s"'),
  'page.php': returns('"\\n<!doctype html><p>x"'),
  'none.php': runs(''),
  'bare.php': '<?php\nfunction handler() { return "no parameter"; }\n',
  'id.php': runs('return "id=" . $params["id"];'),
  'all.php': '<?php\nfunction handler(...$all) { return count($all); }\n',
  'variable.php': '<?php\n$handler = fn ($event, $params) => $params["id"];\n',
  'returned.php': '<?php\n// the handler\nreturn function ($event) { return "returned"; };\n',
  'space.php':
    '<?php\ndeclare(strict_types=1);\nnamespace App\\Users;\nfunction handler(array $event): array { return ["ns" => __NAMESPACE__]; }\n',
  'globals.php':
    '<?php\n$greeting = "hi";\nfunction handler($event) { global $greeting; return $greeting; }\n',
  'echo-page.php': '<?php\nfunction handler($event) { ?>\n<html><p><?= $event["method"] ?></p>\n<?php }\n',
  'header.php': runs(
    'header("Content-Type: text/csv"); header("X-A: 1"); http_response_code(201); setcookie("a", "1 2"); setcookie("b", "x", ["httponly" => true]); echo "a,b"; flush();'
  ),
  'header-array.php': runs('header("X-A: 1"); http_response_code(202); return ["a" => 1];'),
  'redirect.php': runs('header("Location: /x"); exit;'),
  'stringable.php': runs('return new class { public function __toString() { return "str"; } };'),
  'bytes.php': returns('"\\xff\\x00"'),
  'file.php': runs('return ["headers" => ["content-type" => "x/y"], "body" => fopen(__FILE__, "r")];'),
  'named.php': '<?php\nfunction show($event) { return "shown"; }\n',
  'event.php': returns('$event'),
  'echo.php': runs(
    'return ["headers" => ["content-type" => "a/b"], "body" => ($event["is_base64"] ?? false) ? base64_decode($event["body"]) : $event["body"] ?? ""];'
  ),
  'error.php':
    '<?php\n$n = 0;\nfunction handler($event) { global $n; $n++; throw new Exception("calls=$n"); }\n',
  'value.php':
    '<?php\nfunction deep() {\n  throw new DomainException("boom");\n}\nfunction handler($event) {\n  deep();\n}\n',
  'type.php': runs('return strlen();'),
  'status.php': returns('["status" => 700]'),
  'function.php': returns('["f" => fn () => 1]'),
  'cookies.php': returns('["status" => 200, "headers" => ["Set-Cookie" => ["a=1", "b=2"]], "body" => ""]'),
  'prints.php': runs(
    'echo "one\\nhalf"; ob_start(); echo "-inner"; error_log("oops"); $x = $undefined; fwrite(STDERR, "raw\\n"); return "x";'
  ),
  'syntax.php': '<?php\nfunction handler($event) {\n  return 1 +;\n}\n',
  'missing.php': '<?php\n$x = 1;\n',
  'broken.php': '<?php\nrequire __DIR__ . "/does_not_exist.php";\nfunction handler() {}\n',
  'twice.php': '<?php\nfunction handler() {}\nfunction handler() {}\n',
  'generator.php': runs(
    'header("X-S: 1"); for ($n = 0; $n < 3; $n++) { echo "log $n\\n"; yield "piece $n\\n"; }'
  ),
  'big.php': runs('for ($n = 0; $n < 64; $n++) yield str_repeat("x", 100000);'),
  'endless.php': runs(
    'try { for ($n = 0; ; $n++) { yield "data: $n\\n\\n"; usleep(1000); } } finally { echo "closed\\n"; }'
  ),
  'cut.php': runs('yield "begin"; throw new Exception("in the middle");'),
  'pid.php': runs('return getmypid();')
}

describe.skipIf(!hasTool('php'))('PHP handlers', () => {
  let project: RuntimeProject

  beforeAll(async () => {
    project = await openProject(php, files)
  })
  afterAll(async () => await project.close())

  it.each([
    ['plain.php', 200, 'text/plain', 'hello-php'],
    ['array.php', 200, 'application/json; charset=utf-8', '{"a":1,"u":"https://x/ü","o":{}}'],
    ['list.php', 200, 'application/json; charset=utf-8', '[1,"a",null]'],
    ['object.php', 201, 'application/json; charset=utf-8', '{}'],
    ['main.php', 200, 'application/json; charset=utf-8', '{"ok":true}'],
    ['text.php', 200, 'text/plain; charset=utf-8', 's'],
    ['page.php', 200, 'text/html; charset=utf-8', '\n<!doctype html><p>x'],
    ['none.php', 200, undefined, ''],
    ['bare.php', 200, 'text/plain; charset=utf-8', 'no parameter'],
    ['id.php', 200, 'text/plain; charset=utf-8', 'id=42'],
    ['all.php', 200, 'text/plain; charset=utf-8', '2'],
    ['variable.php', 200, 'text/plain; charset=utf-8', '42'],
    ['returned.php', 200, 'text/plain; charset=utf-8', 'returned'],
    ['space.php', 200, 'application/json; charset=utf-8', '{"ns":"App\\\\Users"}'],
    ['globals.php', 200, 'text/plain; charset=utf-8', 'hi'],
    ['echo-page.php', 200, 'text/html; charset=utf-8', '<html><p>GET</p>\n'],
    ['header-array.php', 202, 'application/json; charset=utf-8', '{"a":1}'],
    ['redirect.php', 302, undefined, ''],
    ['stringable.php', 200, 'text/plain; charset=utf-8', 'str'],
    ['file.php', 200, 'x/y', files['file.php']]
  ])('%s answers %i %s', async (name, status, type, body) => {
    const answer = await project.invoke(name, { params: { id: '42' } })
    expect([answer.status, answer.headers['content-type'], await readText(answer)]).toEqual([
      status,
      type,
      body
    ])
  })

  it('answer with what header, http_response_code, setcookie and echo say', async () => {
    const answer = await project.invoke('header.php')
    expect(answer.status).toBe(201)
    expect(answer.headers).toMatchObject({ 'content-type': ['text/csv'], 'x-a': ['1'] })
    expect(answer.headers['set-cookie']).toEqual(['a=1%202', 'b=x; HttpOnly'])
    expect(await readText(answer)).toBe('a,b')
    expect(await project.invoke('redirect.php')).toMatchObject({ headers: { location: ['/x'] } })
    expect((await project.invoke('plain.php')).headers).toEqual({ 'content-type': 'text/plain' })
  })

  it('return strings that are no text as bytes', async () => {
    const answer = await project.invoke('bytes.php')
    expect(answer.headers['content-type']).toBe('application/octet-stream')
    expect([...(await readBody(answer))]).toEqual([0xff, 0])
  })

  it('repeat a header for a list of values', async () => {
    const { headers } = await project.invoke('cookies.php')
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2'])
  })

  it('are found by the name that invoke.handler gives', async () => {
    const fn = project.functions.find(({ name }) => name === 'named.php')
    const request = { event: { id: 'n', method: 'GET' }, params: {}, signal: { aborted: false } }
    if (fn === undefined) throw new Error('no named.php')
    const answer = await project.runtime.invoke({ ...fn, handler: 'show' }, request)
    expect(await readText(answer)).toBe('shown')
  })

  it('get params, path_params, env and body in the event', async () => {
    const sent = { method: 'POST', params: { id: '7' }, body: '{"a":"ü"}' }
    expect(JSON.parse(await readText(await project.invoke('event.php', sent)))).toMatchObject({
      method: 'POST',
      params: { id: '7' },
      path_params: { id: '7' },
      env: [],
      body: '{"a":"ü"}'
    })
  })

  it('get no body when there is none, and base64 when it is no text', async () => {
    expect(JSON.parse(await readText(await project.invoke('event.php')))).not.toHaveProperty('body')
    const answer = await project.invoke('event.php', { method: 'POST', body: Buffer.from([0xff, 0x00]) })
    expect(JSON.parse(await readText(answer))).toMatchObject({ body: '/wA=', is_base64: true })
  })

  it.each([1, 1000, 300_000, 5_000_000])('return %i random bytes as they came', async (size) => {
    const body = randomBytes(size)
    const answer = await project.invoke('echo.php', { method: 'POST', body })
    expect((await readBody(answer)).equals(body)).toBe(true)
  })

  it('fail with the trace as cause and the place in the file, and run once', async () => {
    await expect(project.invoke('error.php')).rejects.toMatchObject({
      code: 'TREEWAY_HANDLER_FAILED',
      statusCode: 500,
      message: 'error.php: Exception: calls=1'
    })
    await expect(project.invoke('error.php')).rejects.toThrow('calls=2')
    const error = await project.invoke('value.php').catch((caught: unknown) => caught as Error)
    expect(error).toMatchObject({ problems: [{ file: 'value.php', line: 3 }] })
    const stack = ((error as Error).cause as Error).stack ?? ''
    expect(stack).toMatch(
      /^DomainException: boom\n {4}at deep .*value\.php:3\n {4}at handler .*value\.php:6$/
    )
  })

  it.each([
    ['type.php', 'TREEWAY_HANDLER_FAILED', /ArgumentCountError: strlen\(\) expects exactly 1 argument/],
    ['status.php', 'TREEWAY_ANSWER_INVALID', /status.*700/],
    ['function.php', 'TREEWAY_ANSWER_INVALID', /Closure/],
    ['syntax.php', 'TREEWAY_SYNTAX', /unexpected token ";"/],
    ['missing.php', 'TREEWAY_EXPORT_MISSING', /no function handler or main/],
    ['broken.php', 'TREEWAY_LOAD_FAILED', /does_not_exist/],
    ['twice.php', 'TREEWAY_LOAD_FAILED', /Cannot redeclare/]
  ])('%s fails with %s', async (name, code, message) => {
    for (const _ of ['at first', 'and again']) {
      const failed = project.invoke(name, { params: { id: '1' } })
      await expect(failed).rejects.toMatchObject({ code, statusCode: 500 })
      await expect(failed).rejects.toThrow(message)
    }
  })

  it('are searched for syntax errors before the first request, without a process for each', async () => {
    const found = project.problems.map(({ code, file, line }) => ({ code, file, line }))
    expect(found).toEqual([{ code: 'TREEWAY_SYNTAX', file: 'syntax.php', line: 3 }])
  })

  it('have what they print, log and warn of in the log, with the id of the request', async () => {
    await project.invoke('prints.php', { event: { id: 'the-id' } })
    const lines = project.logs.filter(({ requestId }) => requestId === 'the-id')
    expect(lines.map(({ stream, text }) => `${stream} ${text}`).toSorted()).toEqual([
      'stderr PHP Warning: Undefined variable $undefined in prints.php:2',
      'stderr oops',
      'stdout half-inner',
      'stdout one'
    ])
    await waitFor(() => project.logs.some(({ text }) => text === 'raw'), 'the line of STDERR')
  })

  it('stream what a generator yields', async () => {
    const answer = await project.invoke('generator.php', { event: { id: 'gen' } })
    expect(answer.headers).toEqual({ 'x-s': ['1'], 'content-type': 'text/plain; charset=utf-8' })
    expect(await readText(answer)).toBe('piece 0\npiece 1\npiece 2\n')
    const lines = project.logs.filter(({ requestId }) => requestId === 'gen')
    expect(lines.map(({ text }) => text)).toEqual(['log 0', 'log 1', 'log 2'])
    expect(await readBody(await project.invoke('big.php'))).toHaveLength(6_400_000)
  })

  it('have their generator closed when the client goes away', async () => {
    const answer = await project.invoke('endless.php', { event: { id: 'gone' } })
    if (answer.body === undefined || answer.body instanceof Uint8Array) throw new Error('no stream')
    for await (const piece of answer.body) {
      expect(String(piece)).toContain('data: 0')
      break
    }
    await waitFor(() => project.logs.some(({ text }) => text === 'closed'), 'the generator to be closed')
  })

  it('cut the stream when a generator throws', async () => {
    const answer = await project.invoke('cut.php')
    await expect(readText(answer)).rejects.toThrow('in the middle')
  })
})
