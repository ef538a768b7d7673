import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { python } from '../../src/languages/python/python.ts'
import { hasTool, openProject, readBody, readText, type RuntimeProject, waitFor } from './runtime-project.ts'

const files = {
  'plain.py':
    'def handler(event):\n    return {"status": 200, "headers": {"Content-Type": "text/plain"}, "body": "hello-py"}\n',
  'dict.py': 'def handler(event):\n    return {"a": 1}\n',
  'tuple.py': 'def handler(event):\n    return ({"a": 1}, 201, {"X-T": "1"})\n',
  'main.py': 'def main(req):\n    return {"ok": True}\n',
  'async.py': 'import asyncio\nasync def handler(event):\n    await asyncio.sleep(0)\n    return {"a": 2}\n',
  'bytes.py':
    'def handler(event):\n    return {"headers": {"Content-Type": "application/x-t"}, "body": b"ABC"}\n',
  'text.py': 'def handler(event):\n    return "s"\n',
  'none.py': 'def handler(event):\n    pass\n',
  'bare.py': 'def handler():\n    return "no parameter"\n',
  'id.py': 'def handler(event, id):\n    return "id=" + id\n',
  'kw.py': 'def handler(event, **kw):\n    return kw\n',
  'params.py': 'def handler(event, params):\n    return params\n',
  'default.py': 'def handler(event, page="1", *, id):\n    return [page, id]\n',
  'only.py': 'def handler(event, id, /):\n    return id\n',
  'other.py': 'def handler(event, other):\n    return "x"\n',
  'decorated.py':
    'import functools\ndef wrap(f):\n    @functools.wraps(f)\n    def inner(*a, **k):\n        return f(*a, **k)\n    return inner\n@wrap\ndef handler(event, id):\n    return id\n',
  'named.py': 'def show(event):\n    return "shown"\n',
  'event.py': 'def handler(event):\n    return event\n',
  'echo.py':
    'import base64\ndef handler(event):\n    body = event.get("body", "")\n    return base64.b64decode(body) if event.get("is_base64") else body.encode()\n',
  'error.py':
    'N = 0\ndef handler(event):\n    global N\n    N += 1\n    raise RuntimeError("calls=%d" % N)\n',
  'value.py': 'def deep():\n    raise ValueError("boom")\n\ndef handler(event):\n    deep()\n',
  'status.py': 'def handler(event):\n    return {"status": 700}\n',
  'function.py': 'def handler(event):\n    return {"f": len}\n',
  'cookies.py':
    'def handler(event):\n    return {"status": 200, "headers": {"Set-Cookie": ["a=1", "b=2"]}, "body": ""}\n',
  'prints.py':
    'import sys\ndef handler(event):\n    print("one")\n    print("half", end="")\n    print("oops", file=sys.stderr)\n    return "x"\n',
  'syntax.py': 'def handler(event)\n    return 1\n',
  'missing.py': 'x = 1\n',
  'broken.py': 'import does_not_exist\ndef handler(event):\n    return 1\n',
  'generator.py': 'def handler(event):\n    for n in range(3):\n        yield f"piece {n}\\n"\n',
  'agenerator.py':
    'import asyncio\nasync def handler(event):\n    for n in range(3):\n        await asyncio.sleep(0)\n        yield f"piece {n}\\n"\n',
  'sse.py':
    'import time\ndef events():\n    for n in range(1000000):\n        yield f"data: {n}\\n\\n"\n        time.sleep(0.001)\ndef handler(event):\n    return {"headers": {"content-type": "text/event-stream"}, "body": events()}\n',
  'big.py': 'def handler(event):\n    for n in range(64):\n        yield b"x" * 100000\n',
  'cut.py': 'def handler(event):\n    yield "begin"\n    raise ValueError("in the middle")\n'
}

describe.skipIf(!hasTool('python3'))('Python handlers', () => {
  let project: RuntimeProject

  beforeAll(async () => {
    project = await openProject(python, files)
  })
  afterAll(async () => await project.close())

  it.each([
    ['plain.py', 200, 'text/plain', 'hello-py'],
    ['dict.py', 200, 'application/json; charset=utf-8', '{"a":1}'],
    ['tuple.py', 201, 'application/json; charset=utf-8', '{"a":1}'],
    ['main.py', 200, 'application/json; charset=utf-8', '{"ok":true}'],
    ['async.py', 200, 'application/json; charset=utf-8', '{"a":2}'],
    ['bytes.py', 200, 'application/x-t', 'ABC'],
    ['text.py', 200, 'text/plain; charset=utf-8', 's'],
    ['none.py', 200, undefined, ''],
    ['bare.py', 200, 'text/plain; charset=utf-8', 'no parameter'],
    ['id.py', 200, 'text/plain; charset=utf-8', 'id=42'],
    ['kw.py', 200, 'application/json; charset=utf-8', '{"id":"42"}'],
    ['params.py', 200, 'application/json; charset=utf-8', '{"id":"42"}'],
    ['default.py', 200, 'application/json; charset=utf-8', '["1","42"]'],
    ['only.py', 200, 'text/plain; charset=utf-8', '42'],
    ['decorated.py', 200, 'text/plain; charset=utf-8', '42']
  ])('%s answers %i %s', async (name, status, type, body) => {
    const answer = await project.invoke(name, { params: { id: '42' } })
    expect([answer.status, answer.headers['content-type'], await readText(answer)]).toEqual([
      status,
      type,
      body
    ])
  })

  it('repeats a header for a list of values', async () => {
    const { headers } = await project.invoke('cookies.py')
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2'])
  })

  it('calls the function that invoke.handler names', async () => {
    const fn = {
      file: `${project.dir}/named.py`,
      name: 'named.py',
      env: {},
      timeoutMs: 2000,
      maxConcurrency: 1
    }
    const request = { event: { id: 'n', method: 'GET' }, params: {}, signal: { aborted: false } }
    const answer = await project.runtime.invoke({ ...fn, handler: 'show' }, request)
    expect(await readText(answer)).toBe('shown')
  })

  it('adds params, path_params, env and body to the event', async () => {
    const answer = await project.invoke('event.py', {
      method: 'POST',
      params: { id: '7' },
      body: '{"a":"ü"}'
    })
    expect(JSON.parse(await readText(answer))).toMatchObject({
      method: 'POST',
      params: { id: '7' },
      path_params: { id: '7' },
      env: {},
      body: '{"a":"ü"}'
    })
  })

  it('has no body in the event when there is none, and base64 when it is no text', async () => {
    expect(JSON.parse(await readText(await project.invoke('event.py')))).not.toHaveProperty('body')
    const answer = await project.invoke('event.py', { method: 'POST', body: Buffer.from([0xff, 0x00]) })
    expect(JSON.parse(await readText(answer))).toMatchObject({ body: '/wA=', is_base64: true })
  })

  it.each([1, 1000, 300_000, 5_000_000])('returns %i random bytes as they came', async (size) => {
    const body = randomBytes(size)
    const answer = await project.invoke('echo.py', { method: 'POST', body })
    expect((await readBody(answer)).equals(body)).toBe(true)
  })

  it('fails with the traceback as cause and the place in the file, and runs the handler once', async () => {
    const failed = project.invoke('error.py')
    await expect(failed).rejects.toMatchObject({ code: 'TREEWAY_HANDLER_FAILED', statusCode: 500 })
    await expect(failed).rejects.toThrow('error.py: RuntimeError: calls=1')
    await expect(project.invoke('error.py')).rejects.toThrow('calls=2')
    const error = await project
      .invoke('value.py')
      .catch((caught: unknown) => caught as Error & { problems: unknown[] })
    expect(error).toMatchObject({ problems: [{ file: 'value.py', line: 2 }] })
    const stack = ((error as Error).cause as Error).stack ?? ''
    expect(stack).toMatch(/^Traceback .*\n {2}File ".*value\.py", line 5, in handler/)
    expect(stack).toMatch(/ValueError: boom$/)
    expect(stack).not.toContain('treeway_worker')
  })

  it.each([
    ['other.py', 'TREEWAY_HANDLER_FAILED', /"other", which the route does not have \(it has: id\)/],
    ['status.py', 'TREEWAY_ANSWER_INVALID', /status.*700/],
    ['function.py', 'TREEWAY_ANSWER_INVALID', /type builtin_function_or_method/],
    ['syntax.py', 'TREEWAY_SYNTAX', /expected ':'|invalid syntax/],
    ['missing.py', 'TREEWAY_EXPORT_MISSING', /no function handler or main/],
    ['broken.py', 'TREEWAY_LOAD_FAILED', /does_not_exist/]
  ])('%s fails with %s', async (name, code, message) => {
    const failed = project.invoke(name, { params: { id: '1' } })
    await expect(failed).rejects.toMatchObject({ code, statusCode: 500 })
    await expect(failed).rejects.toThrow(message)
  })

  it('finds syntax errors and files without a handler before the first request', () => {
    expect(project.problems.map(({ code, file, line }) => ({ code, file, line }))).toEqual([
      { code: 'TREEWAY_EXPORT_MISSING', file: 'named.py', line: undefined },
      { code: 'TREEWAY_SYNTAX', file: 'syntax.py', line: 1 },
      { code: 'TREEWAY_EXPORT_MISSING', file: 'missing.py', line: undefined }
    ])
  })

  it('logs what a handler prints line by line, with the id of its request', async () => {
    await project.invoke('prints.py', { event: { id: 'the-id' } })
    const lines = project.logs.filter(({ requestId }) => requestId === 'the-id')
    expect(lines.map(({ stream, text }) => `${stream} ${text}`).toSorted()).toEqual([
      'stderr oops',
      'stdout half',
      'stdout one'
    ])
  })

  it('streams generators and async generators', async () => {
    for (const name of ['generator.py', 'agenerator.py']) {
      const answer = await project.invoke(name)
      expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
      expect(answer.body).not.toBeInstanceOf(Uint8Array)
      expect(await readText(answer)).toBe('piece 0\npiece 1\npiece 2\n')
    }
  })

  it('sends each piece of a stream when it comes, and closes the generator when the client goes', async () => {
    const answer = await project.invoke('sse.py')
    if (answer.body === undefined || answer.body instanceof Uint8Array) throw new Error('no stream')
    const [first] = (await answer.body.take(1).toArray()) as Buffer[]
    expect(String(first)).toMatch(/^data: 0\n\n/)
    answer.body.destroy()
    await waitFor(
      () => answer.body !== undefined && 'destroyed' in answer.body && answer.body.destroyed,
      'the end'
    )
  })

  it('makes a generator wait for a client that does not read', async () => {
    const answer = await project.invoke('big.py')
    if (answer.body === undefined || answer.body instanceof Uint8Array) throw new Error('no stream')
    await project.invoke('text.py')
    await waitFor(() => (answer.body as { readableLength?: number }).readableLength !== 0, 'the first pieces')
    expect((answer.body as { readableLength: number }).readableLength).toBeLessThan(500_000)
    expect((await readBody(answer)).length).toBe(6_400_000)
  })

  it('cuts a stream whose generator fails in the middle', async () => {
    const answer = await project.invoke('cut.py')
    await expect(readText(answer)).rejects.toMatchObject({ code: 'TREEWAY_HANDLER_FAILED' })
  })
})

describe.skipIf(!hasTool('python3'))('the Python worker', () => {
  it('passes the tests in its own language', () => {
    const args = ['-m', 'unittest', 'discover', '-q', '-s', 'workers/python', '-t', 'workers/python']
    execFileSync('python3', args, { stdio: 'pipe' })
  })
})
