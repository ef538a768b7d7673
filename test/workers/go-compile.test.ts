import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { go } from '../../src/languages/go/go.ts'
import { hasTool, openProject, readText, type RuntimeProject } from './runtime-project.ts'

const answer = (expression: string, head = ''): string =>
  `package main\n\n${head}\n\nfunc handler(event map[string]interface{}) interface{} {\n\treturn ${expression}\n}\n`

describe.skipIf(!hasTool('go', ['version']))('A tree of Go files', { timeout: 120_000 }, () => {
  let project: RuntimeProject
  afterEach(async () => await project.close())

  const text = async (name: string): Promise<string> => await readText(await project.invoke(name))

  it('has many handlers in one folder, which share its other files; two helpers of one name never meet', async () => {
    project = await openProject(
      go,
      {
        'users/get.go': answer('"get " + label()'),
        'users/post.go': answer('"post " + label()', 'func main() {}'),
        'users/[id].go': answer('event["id"]', '// package wrong\n/* package wrong too */'),
        'users/_labels.go':
          'package main\n\nfunc label() string {\n\treturn "users"\n}\n\nfunc main() {\n}\n',
        'users/labels_test.go': 'package main\n\nfunc label() string { return "test" }\n',
        'users/notes/other.go': 'package other\n\nfunc label() string { return "other" }\n',
        'items/get.go': answer('"get " + label()'),
        'items/helpers.go': 'package main\n\nfunc label() string { return "items" }\n'
      },
      { functions: ['users/get.go', 'users/post.go', 'users/[id].go', 'items/get.go'] }
    )
    expect(project.problems).toEqual([])
    expect([await text('users/get.go'), await text('users/post.go'), await text('items/get.go')]).toEqual([
      'get users',
      'post users',
      'get items'
    ])
    const made = readdirSync(project.dir, { recursive: true }).map(String)
    expect(
      made.filter((name) => /treeway_|go\.(mod|sum)/.test(name) && !name.startsWith('.treeway'))
    ).toEqual([])
  })

  it("runs the page's handler whose functions live beside it", async () => {
    project = await openProject(
      go,
      {
        'items/handler.go': `package main

func handler(event map[string]interface{}) interface{} {
    method, _ := event["method"].(string)
    switch method {
    case "POST":
        return createItem(event)
    case "GET":
        return getItem(event)
    }
    return map[string]interface{}{"status": 405, "body": "Method not allowed"}
}
`,
        'items/items.go':
          'package main\n\nfunc createItem(event map[string]interface{}) interface{} { return map[string]interface{}{"status": 201} }\n\nfunc getItem(event map[string]interface{}) interface{} { return "an item" }\n'
      },
      { functions: ['items/handler.go'] }
    )
    expect(await text('items/handler.go')).toBe('an item')
    expect((await project.invoke('items/handler.go', { method: 'POST' })).status).toBe(201)
    expect((await project.invoke('items/handler.go', { method: 'PUT' })).status).toBe(405)
  })

  it('serves all but those that do not compile, which answer with the place and the words', async () => {
    project = await openProject(
      go,
      {
        'good.go': answer('"good"'),
        'types.go':
          'package main\n\nfunc handler(event map[string]interface{}) interface{} {\n\treturn 1 + undefinedName\n}\n',
        'syntax.go':
          'package main\n\nfunc handler(event map[string]interface{}) interface{} {\n\treturn ((\n}\n',
        'imports.go': answer('nothing.X', 'import "example.com/nothing"'),
        'unused.go': answer('1', 'import "os"'),
        'none.go': 'package main\n\nfunc other() {}\n',
        'clause.go': 'func handler(event map[string]interface{}) interface{} {\n\treturn 1\n}\n',
        'init.go': answer('1', 'import "regexp"\n\nvar pattern = regexp.MustCompile("(")'),
        'broken/get.go': answer('help()'),
        'broken/help.go': 'package main\n\nfunc help() int { return "text" }\n'
      },
      {
        functions: [
          ...['good', 'types', 'syntax', 'imports', 'unused', 'none', 'clause', 'init'].map(
            (name) => `${name}.go`
          ),
          'broken/get.go'
        ]
      }
    )
    expect(await text('good.go')).toBe('good')
    const found = Object.fromEntries(project.problems.map((problem) => [problem.file, problem]))
    expect(found).toMatchObject({
      'types.go': {
        code: 'TREEWAY_COMPILE_FAILED',
        line: 4,
        column: 13,
        message: 'undefined: undefinedName'
      },
      'syntax.go': { code: 'TREEWAY_COMPILE_FAILED', line: 5 },
      'imports.go': { code: 'TREEWAY_COMPILE_FAILED', line: 3 },
      'unused.go': {
        code: 'TREEWAY_COMPILE_FAILED',
        line: 3,
        message: expect.stringMatching(/imported and not used/)
      },
      'none.go': { code: 'TREEWAY_EXPORT_MISSING' },
      'clause.go': { code: 'TREEWAY_COMPILE_FAILED', line: 1 },
      'init.go': { code: 'TREEWAY_LOAD_FAILED', message: expect.stringContaining('regexp') as string },
      'broken/get.go': { message: expect.stringMatching(/^broken\/help\.go:3:26: /) as string }
    })
    expect(Object.keys(found)).not.toContain('good.go')
    await expect(project.invoke('types.go')).rejects.toMatchObject({
      code: 'TREEWAY_COMPILE_FAILED',
      statusCode: 500
    })
  })

  it('is compiled anew when a file changes, while requests go on; one that breaks keeps its neighbours', async () => {
    project = await openProject(go, {
      'a.go': answer('"one"'),
      'b.go': answer('time.Now().Year() > 1', 'import "time"'),
      'slow.go':
        'package main\n\nimport "time"\n\nfunc handler(event map[string]interface{}) interface{} {\n\ttime.Sleep(time.Second)\n\treturn "old"\n}\n'
    })
    const slow = project.invoke('slow.go')
    let isDone = false
    const steady = (async () => {
      while (!isDone) expect(await text('b.go')).toBe('true')
    })()
    expect(await project.runtime.reload([project.write('a.go', answer('"two"'))])).toEqual([])
    expect(await text('a.go')).toBe('two')
    expect(await project.runtime.reload([project.write('a.go', answer('"three'))])).toMatchObject([
      { code: 'TREEWAY_COMPILE_FAILED', file: 'a.go', line: 6 }
    ])
    await expect(project.invoke('a.go')).rejects.toMatchObject({ code: 'TREEWAY_COMPILE_FAILED' })
    await project.runtime.reload([project.write('a.go', answer('"four"'))])
    expect(await text('a.go')).toBe('four')
    isDone = true
    await steady
    expect(await readText(await slow)).toBe('old')
  })

  it('is not compiled again when nothing changed, and runs where no Go is', async () => {
    project = await openProject(go, { 'a.go': answer('"same"'), 'bad.go': answer('wrong') })
    const progress: string[] = []
    const again = go.createRuntime({
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

  it("uses the nearest go.mod: the module's own packages, internal ones too, and what it requires", async () => {
    const library = (version: string): Record<string, string> => ({
      [`lib${version}/go.mod`]: 'module example.com/lib\n\ngo 1.21\n',
      [`lib${version}/lib.go`]: `package lib\n\nconst Version = "${version}"\n`
    })
    const goMod = (name: string, version: string): string =>
      `module example.com/${name}\n\ngo 1.21\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ../lib${version}\n`
    project = await openProject(
      go,
      {
        ...library('1'),
        ...library('2'),
        'a/go.mod': goMod('a', '1'),
        'a/internal/words/words.go':
          'package words\n\nfunc Join(a, b string) string { return a + " " + b }\n',
        'a/x.go': answer(
          'words.Join("a", lib.Version)',
          'import (\n\t"example.com/a/internal/words"\n\t"example.com/lib"\n)'
        ),
        'b/go.mod': goMod('b', '2'),
        'b/x.go': answer('"b " + lib.Version', 'import "example.com/lib"'),
        'plain.go': answer('"plain"'),
        'c/go.mod': goMod('c', '3'),
        'c/x.go': answer('lib.Version', 'import "example.com/lib"')
      },
      {
        functions: ['a/x.go', 'b/x.go', 'plain.go', 'c/x.go'],
        runtime: { hostEnv: { ...process.env, GOPROXY: 'off' } }
      }
    )
    expect(project.problems).toMatchObject([{ code: 'TREEWAY_INSTALL_FAILED', file: 'c/x.go' }])
    expect(project.problems[0]?.frame).toMatch(/lib3/)
    expect([await text('a/x.go'), await text('b/x.go'), await text('plain.go')]).toEqual([
      'a 1',
      'b 2',
      'plain'
    ])
    const changed = project.write(
      'a/internal/words/words.go',
      'package words\n\nfunc Join(a, b string) string { return b + " " + a }\n'
    )
    await project.runtime.reload([changed])
    expect(await text('a/x.go')).toBe('1 a')
    const broken = project.write(
      'a/internal/words/words.go',
      'package words\n\nfunc Join(a, b string) int { return b }\n'
    )
    const [problem] = await project.runtime.reload([broken])
    expect(problem).toMatchObject({ code: 'TREEWAY_COMPILE_FAILED', file: 'a/x.go' })
    expect(problem?.frame).toMatch(/words\.go:3:/)
    rmSync(join(project.dir, 'c'), { recursive: true })
  })
})
