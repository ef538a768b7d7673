import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Problem } from '../../src/errors.ts'
import { rust } from '../../src/languages/rust/rust.ts'
import {
  hasTool,
  openProject,
  type ProjectOptions,
  readText,
  type RuntimeProject
} from './runtime-project.ts'
import { rustHostEnv } from './rust-target.ts'

const answer = (expression: string, head = ''): string =>
  `use serde_json::{json, Value};\n${head}\npub fn handler(event: Value) -> Value {\n    json!(${expression})\n}\n`

describe.skipIf(!hasTool('cargo'))('A tree of Rust files', { timeout: 240_000 }, () => {
  let project: RuntimeProject
  afterEach(async () => await project.close())

  const open = async (
    files: Readonly<Record<string, string>>,
    options: ProjectOptions = {}
  ): Promise<RuntimeProject> =>
    await openProject(rust, files, { ...options, runtime: { hostEnv: rustHostEnv, ...options.runtime } })
  const text = async (name: string): Promise<string> => await readText(await project.invoke(name))

  it('has many handlers in one folder, which share its other files; two helpers of one name never meet', async () => {
    project = await open(
      {
        'users/get.rs': answer('helper::label("get")', 'mod helper;'),
        'users/post.rs': answer('helper::label("post")', 'mod helper;\nfn main() {}'),
        'users/[id].rs': answer('event["id"]'),
        'users/helper.rs':
          'mod words;\n\npub fn label(verb: &str) -> String {\n    format!("{verb} {} {}", words::NAME, include_str!("note.txt"))\n}\n',
        'users/helper/words.rs': 'pub const NAME: &str = "users";\n',
        'users/note.txt': 'noted',
        'items/get.rs': answer('helper::label()', 'mod helper;'),
        'items/helper/mod.rs': 'pub fn label() -> &\'static str {\n    "items"\n}\n',
        'shared/get.rs': answer('other::label()', '#[path = "../items/helper/mod.rs"]\nmod other;')
      },
      { functions: ['users/get.rs', 'users/post.rs', 'users/[id].rs', 'items/get.rs', 'shared/get.rs'] }
    )
    expect(project.problems).toEqual([])
    expect([await text('users/get.rs'), await text('users/post.rs')]).toEqual([
      'get users noted',
      'post users noted'
    ])
    expect([await text('items/get.rs'), await text('shared/get.rs')]).toEqual(['items', 'items'])
  })

  it("runs the page's handler with the functions it calls", async () => {
    project = await open({
      'items.rs': `use serde_json::{json, Value};

pub fn handler(event: Value) -> Value {
    match event["method"].as_str().unwrap_or("") {
        "POST" => create_item(&event),
        "GET"  => get_item(&event),
        _      => json!({"status": 405, "body": "Method not allowed"}),
    }
}

fn create_item(_event: &Value) -> Value { json!({"status": 201}) }
fn get_item(_event: &Value) -> Value { json!("an item") }
`
    })
    expect(await text('items.rs')).toBe('an item')
    expect((await project.invoke('items.rs', { method: 'POST' })).status).toBe(201)
    expect((await project.invoke('items.rs', { method: 'PUT' })).status).toBe(405)
  })

  it('serves all but those that do not compile, which answer with the place and the words', async () => {
    project = await open(
      {
        'good.rs': answer('"good"'),
        'types.rs': answer('1', 'fn wrong() -> i32 {\n    "text"\n}'),
        'syntax.rs': answer('((', ''),
        'borrow.rs': answer('text', 'fn take(text: String) {}').replace(
          '    json!(text)',
          '    let text = String::new();\n    take(text);\n    json!(text)'
        ),
        'imports.rs': answer('1', 'use nothing::Other;'),
        'missing.rs': answer('1', 'mod not_there;'),
        'none.rs': 'pub fn other() {}\n',
        'private.rs': 'use serde_json::Value;\n\nfn handler(event: Value) -> Value {\n    event\n}\n',
        'form.rs': '// a number\n\npub fn handler(id: i32) -> i32 {\n    id\n}\n',
        'broken/get.rs': answer('help::help()', 'mod help;'),
        'broken/help.rs': 'pub fn help() -> i32 {\n    "text"\n}\n'
      },
      {
        functions: [
          ...['good', 'types', 'syntax', 'borrow', 'imports', 'missing', 'none', 'private', 'form'].map(
            (name) => `${name}.rs`
          ),
          'broken/get.rs'
        ]
      }
    )
    expect(await text('good.rs')).toBe('good')
    const found = Object.fromEntries(
      project.problems.map((problem): [string, Problem] => [problem.file ?? '', problem])
    )
    expect(found).toMatchObject({
      'types.rs': { code: 'TREEWAY_COMPILE_FAILED', line: 3, column: 5, message: 'mismatched types' },
      'syntax.rs': { code: 'TREEWAY_COMPILE_FAILED', line: expect.any(Number) as number },
      'borrow.rs': { code: 'TREEWAY_COMPILE_FAILED', line: 6 },
      'imports.rs': { code: 'TREEWAY_COMPILE_FAILED', line: 2 },
      'missing.rs': { code: 'TREEWAY_COMPILE_FAILED', line: 2 },
      'none.rs': { code: 'TREEWAY_EXPORT_MISSING' },
      'private.rs': { code: 'TREEWAY_EXPORT_MISSING', line: 3 },
      'form.rs': {
        code: 'TREEWAY_COMPILE_FAILED',
        line: 3,
        message: expect.stringMatching(/no form of a handler/) as string
      },
      'broken/get.rs': { message: expect.stringMatching(/^broken\/help\.rs:2:5: mismatched types/) as string }
    })
    expect(Object.keys(found)).not.toContain('good.rs')
    expect(found['types.rs']?.frame).toMatch(/--> types\.rs:3:5[\s\S]*"text"/)
    await expect(project.invoke('types.rs')).rejects.toMatchObject({
      code: 'TREEWAY_COMPILE_FAILED',
      statusCode: 500
    })
  })

  it('is compiled anew when a file or its helper changes, while requests go on', async () => {
    project = await open(
      {
        'a.rs': answer('helper::NAME', 'mod helper;'),
        'helper.rs': 'pub const NAME: &str = "one";\n',
        'b.rs': answer('"b"'),
        'slow.rs': answer('"old"').replace(
          '    json!',
          '    std::thread::sleep(std::time::Duration::from_secs(1));\n    json!'
        )
      },
      { functions: ['a.rs', 'b.rs', 'slow.rs'] }
    )
    expect(await text('a.rs')).toBe('one')
    const slow = project.invoke('slow.rs')
    let isDone = false
    const steady = (async () => {
      while (!isDone) expect(await text('b.rs')).toBe('b')
    })()
    expect(
      await project.runtime.reload([project.write('helper.rs', 'pub const NAME: &str = "two";\n')])
    ).toEqual([])
    expect(await text('a.rs')).toBe('two')
    expect(await project.runtime.reload([project.write('a.rs', answer('"three'))])).toMatchObject([
      { code: 'TREEWAY_COMPILE_FAILED', file: 'a.rs' }
    ])
    await expect(project.invoke('a.rs')).rejects.toMatchObject({ code: 'TREEWAY_COMPILE_FAILED' })
    await project.runtime.reload([project.write('a.rs', answer('"four"'))])
    expect(await text('a.rs')).toBe('four')
    isDone = true
    await steady
    expect(await readText(await slow)).toBe('old')
  })

  it('is not compiled again when nothing changed, and runs where no Rust is', async () => {
    project = await open({ 'a.rs': answer('"same"'), 'bad.rs': answer('wrong') })
    const progress: string[] = []
    const again = rust.createRuntime({
      dir: project.dir,
      stateDir: join(project.dir, '.treeway'),
      onLog: () => {},
      onProgress: (line) => progress.push(line),
      hostEnv: { PATH: '/nonexistent' },
      isFrozen: true
    })
    expect(await again.prepare(project.functions)).toEqual(project.problems)
    const [fn] = project.functions
    if (fn === undefined) throw new Error('no function')
    const request = { event: { id: 'r' }, params: {}, signal: { aborted: false } }
    expect(await readText(await again.invoke(fn, request))).toBe('same')
    expect(progress).toEqual([])
    await again.stop()
  })

  it('uses the nearest Cargo.toml; two versions of a crate live side by side', async () => {
    const library = (version: string): Record<string, string> => ({
      [`lib${version}/Cargo.toml`]: `[package]\nname = "lib"\nversion = "${version}.0.0"\nedition = "2021"\n`,
      [`lib${version}/src/lib.rs`]: `pub const VERSION: &str = "${version}";\n`
    })
    const manifest = (path: string): string =>
      `[package]\nname = "ours"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\n# the library\nlib = { path = "${path}" }\n\n[dev-dependencies]\nnothing-at-all = "1"\n`
    const handler = answer('lib::VERSION')
    project = await open(
      {
        ...library('1'),
        ...library('2'),
        'a/Cargo.toml': manifest('../lib1'),
        'a/deep/x.rs': handler,
        'b/Cargo.toml': manifest('../lib2'),
        'b/x.rs': handler,
        'c/Cargo.toml': manifest('../lib3'),
        'c/x.rs': handler,
        'plain.rs': answer('"plain"')
      },
      { functions: ['a/deep/x.rs', 'b/x.rs', 'c/x.rs', 'plain.rs'] }
    )
    expect(project.problems).toMatchObject([{ code: 'TREEWAY_INSTALL_FAILED', file: 'c/x.rs' }])
    expect(project.problems[0]?.frame).toMatch(/lib3/)
    expect([await text('a/deep/x.rs'), await text('b/x.rs'), await text('plain.rs')]).toEqual([
      '1',
      '2',
      'plain'
    ])
  })
})
