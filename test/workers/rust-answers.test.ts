import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rust } from '../../src/languages/rust/rust.ts'
import { hasTool, openProject, readBody, readText, type RuntimeProject, waitFor } from './runtime-project.ts'
import { rustHostEnv } from './rust-target.ts'

const handler = (body: string, result = 'Value'): string =>
  `use serde_json::{json, Value};\n\npub fn handler(event: Value) -> ${result} {\n${body}\n}\n`

const files = {
  'users/[id].rs':
    'use serde_json::{json, Value};\n\npub fn handler(event: Value) -> Value {\n    // For /users/42, id is merged into event\n    let user_id = event["id"].as_str().unwrap_or("");\n    json!({"status": 200, "body": user_id})\n}\n',
  'envelope.rs': handler(
    '    json!({"status": 201, "headers": {"Content-Type": "application/json", "Set-Cookie": ["a=1", "b=2"]}, "body": "{\\"a\\":1}"})'
  ),
  'value.rs': handler('    json!({"status": "ok", "list": [1, 2]})'),
  'text.rs': handler('    json!("grüße")'),
  'string.rs': handler('    "a string".to_string()', 'String'),
  'nothing.rs': 'pub fn handler() {}\n',
  'bytes.rs': handler('    (json!({"headers": {"x-a": 1}}), vec![0, 255])', '(Value, Vec<u8>)'),
  'second.rs':
    'use serde_json::Value;\n\npub fn handler(_event: Value, params: Value) -> Value {\n    params["id"].clone()\n}\n',
  'reference.rs':
    'use serde_json::Value;\n\npub fn handler(event: &Value) -> Value {\n    event["params"].clone()\n}\n',
  'later.rs':
    'use serde_json::Value;\n\npub async fn handler(event: Value) -> Value {\n    async { event["method"].clone() }.await\n}\n',
  'error.rs': handler('    Err("no luck".into())', 'Result<Value, Box<dyn std::error::Error>>'),
  'named.rs': 'pub fn show() -> &\'static str {\n    "shown"\n}\n\nfn main() {}\n',
  'event.rs': handler('    event'),
  'echo.rs': handler(
    '    json!({"body": event["body"], "is_base64": event["is_base64"] == true, "headers": {"content-type": "application/octet-stream"}})'
  ),
  'panic.rs': handler(
    '    let list: Vec<i32> = Vec::new();\n    json!(list[event["id"].as_str().unwrap().len()])'
  ),
  'status.rs': handler('    json!({"status": 700})'),
  'prints.rs': handler('    println!("one");\n    eprintln!("two");\n    print!("half");\n    json!("x")'),
  'pid.rs': handler('    json!(std::process::id())'),
  'channel.rs': handler(
    '    let (sender, receiver) = std::sync::mpsc::channel();\n    std::thread::spawn(move || {\n        for n in 0..3 {\n            sender.send(format!("piece {n}\\n")).unwrap();\n        }\n    });\n    receiver',
    'std::sync::mpsc::Receiver<String>'
  ),
  'writer.rs':
    'use serde_json::{json, Value};\nuse treeway_worker::Stream;\n\npub fn handler(_event: Value) -> (Value, Stream) {\n    let stream = Stream::from_writer(|to| {\n        for _ in 0..64 {\n            to.write_all(&[b\'x\'; 100_000])?;\n        }\n        Ok(())\n    });\n    (json!({"status": 202, "headers": {"content-type": "text/csv"}}), stream)\n}\n',
  'endless.rs':
    'use serde_json::Value;\nuse std::sync::atomic::{AtomicBool, Ordering};\nuse treeway_worker::Stream;\n\nstatic ENDED: AtomicBool = AtomicBool::new(false);\n\nstruct End;\n\nimpl Drop for End {\n    fn drop(&mut self) {\n        ENDED.store(true, Ordering::SeqCst);\n    }\n}\n\npub fn handler(event: Value) -> Result<Stream, String> {\n    if event["method"] == "POST" {\n        return Err(format!("ended: {}", ENDED.load(Ordering::SeqCst)));\n    }\n    let end = End;\n    Ok(Stream::from_iter(std::iter::repeat_with(move || {\n        let _ = &end;\n        "data: x\\n\\n"\n    })))\n}\n',
  'cut.rs':
    'use treeway_worker::Stream;\n\npub fn handler() -> Stream {\n    Stream::from_iter((0..3).map(|n| if n < 2 { "begin" } else { panic!("in the middle") }))\n}\n',
  'slow.rs': handler('    std::thread::sleep(std::time::Duration::from_millis(300));\n    json!("slow")')
}

describe.skipIf(!hasTool('cargo'))('Rust handlers', { timeout: 120_000 }, () => {
  let project: RuntimeProject
  beforeAll(async () => {
    project = await openProject(rust, files, {
      env: { 'event.rs': { GREETING: 'hi' } },
      fnOf: { 'named.rs': { handler: 'show' } },
      runtime: { hostEnv: rustHostEnv }
    })
  }, 240_000)
  afterAll(async () => await project.close())

  it('compile to one program, with lines of progress', () => {
    expect(project.problems).toEqual([])
    expect(project.progress[0]).toMatch(/^rust: compiling \d+ functions$/)
    expect(project.progress.at(-1)).toMatch(/^rust: compiled \d+ functions \(\d+\.\d s\)$/)
  })

  it.each([
    ['text.rs', 'text/plain; charset=utf-8', 'grüße'],
    ['string.rs', 'text/plain; charset=utf-8', 'a string'],
    ['value.rs', 'application/json; charset=utf-8', '{"list":[1,2],"status":"ok"}'],
    ['later.rs', 'text/plain; charset=utf-8', 'GET'],
    ['named.rs', 'text/plain; charset=utf-8', 'shown'],
    ['nothing.rs', undefined, '']
  ])('answer as %s does', async (name, type, text) => {
    const answer = await project.invoke(name)
    expect([answer.status, answer.headers['content-type']]).toEqual([200, type])
    expect(await readText(answer)).toBe(text)
  })

  it('answer with status, headers, lists of headers and bytes', async () => {
    const answer = await project.invoke('envelope.rs')
    expect(answer).toMatchObject({
      status: 201,
      headers: { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] }
    })
    expect(await readText(answer)).toBe('{"a":1}')
    const bytes = await project.invoke('bytes.rs')
    expect(bytes.headers).toEqual({ 'x-a': '1', 'content-type': 'application/octet-stream' })
    expect([...(await readBody(bytes))]).toEqual([0, 255])
  })

  it('find route parameters in the event, where they win over fields, and as a second argument', async () => {
    const params = { id: '42' }
    expect(await readText(await project.invoke('users/[id].rs', { params }))).toBe('42')
    expect(await readText(await project.invoke('second.rs', { params }))).toBe('42')
    expect(JSON.parse(await readText(await project.invoke('reference.rs', { params })))).toEqual(params)
  })

  it('see params, path_params and their own environment in the event', async () => {
    const answer = await project.invoke('event.rs', { params: { name: 'x' }, body: 'text' })
    expect(JSON.parse(await readText(answer))).toMatchObject({
      params: { name: 'x' },
      path_params: { name: 'x' },
      name: 'x',
      env: { GREETING: 'hi' },
      body: 'text'
    })
    const bare = JSON.parse(await readText(await project.invoke('event.rs'))) as object
    expect(bare).not.toHaveProperty('body')
  })

  it.each([0, 1, 255, 65_536, 262_144, 3_000_000])(
    'take and give %i random bytes unchanged',
    async (size) => {
      const body = randomBytes(size)
      const answer = await project.invoke('echo.rs', { method: 'POST', body })
      expect((await readBody(answer)).equals(body)).toBe(true)
    }
  )

  it('that panic answer 500 with the place, and the process goes on', async () => {
    const pid = await readText(await project.invoke('pid.rs'))
    const error = await project.invoke('panic.rs').catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      code: 'TREEWAY_HANDLER_FAILED',
      statusCode: 500,
      problems: [{ file: 'panic.rs', line: 5 }],
      cause: { stack: expect.stringMatching(/index out of bounds[\s\S]*panic\.rs:5:/) as string }
    })
    expect(await readText(await project.invoke('pid.rs'))).toBe(pid)
  })

  it.each([
    ['error.rs', 'TREEWAY_HANDLER_FAILED', /no luck/],
    ['status.rs', 'TREEWAY_ANSWER_INVALID', /700/]
  ])('fail as %s does: %s', async (name, code, message) => {
    await expect(project.invoke(name)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string
    })
  })

  it("print lines that are logged with the request's id, where one request runs", async () => {
    await project.invoke('prints.rs', { event: { id: 'req-print' } })
    await project.invoke('prints.rs', { event: { id: 'req-print' } })
    await waitFor(() => project.logs.filter(({ text }) => text === 'two').length === 2, 'the printed lines')
    expect(project.logs).toContainEqual({ requestId: 'req-print', stream: 'stdout', text: 'one' })
    expect(project.logs).toContainEqual({ requestId: 'req-print', stream: 'stderr', text: 'two' })
  })

  it('stream what comes from a channel, an iterator and a function that writes', async () => {
    const channel = await project.invoke('channel.rs')
    expect(channel.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(await readText(channel)).toBe('piece 0\npiece 1\npiece 2\n')
    const writer = await project.invoke('writer.rs')
    expect([writer.status, writer.headers['content-type']]).toEqual([202, 'text/csv'])
    expect((await readBody(writer)).length).toBe(6_400_000)
  })

  it('stop streaming when the client goes away', async () => {
    const { body } = await project.invoke('endless.rs')
    if (body === undefined || body instanceof Uint8Array) throw new Error('no stream')
    const ask = async (): Promise<string> =>
      await project.invoke('endless.rs', { method: 'POST' }).then(() => '', String)
    expect(await ask()).toMatch(/ended: false/)
    body.destroy()
    let said = ''
    const until = Date.now() + 10_000
    while (!said.includes('ended: true') && Date.now() < until) said = await ask()
    expect(said).toMatch(/ended: true/)
  })

  it('that fail in a stream cut it', async () => {
    await expect(readBody(await project.invoke('cut.rs'))).rejects.toThrow(/in the middle/)
  })

  it('that wait run side by side, in more threads than there are processors', async () => {
    const began = performance.now()
    await Promise.all(Array.from({ length: 200 }, async () => await project.invoke('slow.rs')))
    expect(performance.now() - began).toBeLessThan(3000)
  })
})

describe.skipIf(!hasTool('cargo'))("the Rust worker's own tests", () => {
  it('pass: golden vectors, answer rules, random bytes', { timeout: 240_000 }, () => {
    execFileSync('cargo', ['test', '--locked'], { cwd: 'workers/rust', env: rustHostEnv, stdio: 'pipe' })
  })
})

describe('a machine without Rust', () => {
  it('gets one problem with what to do, and an error at each call', async () => {
    const project = await openProject(
      rust,
      { 'x.rs': files['text.rs'], 'y.rs': files['text.rs'] },
      { runtime: { hostEnv: { PATH: '/nonexistent' } } }
    )
    expect(project.problems).toMatchObject([
      { code: 'TREEWAY_LANGUAGE_MISSING', fix: expect.any(String) as string }
    ])
    await expect(project.invoke('y.rs')).rejects.toMatchObject({
      code: 'TREEWAY_LANGUAGE_MISSING',
      statusCode: 501
    })
    await project.close()
  })
})
