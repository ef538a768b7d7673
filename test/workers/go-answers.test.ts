import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { go } from '../../src/languages/go/go.ts'
import { hasTool, openProject, readBody, readText, type RuntimeProject, waitFor } from './runtime-project.ts'

const handler = (body: string, imports = ''): string =>
  `package main\n\n${imports}\n\nfunc handler(event map[string]interface{}) interface{} {\n${body}\n}\n`

const files = {
  'users/[id].go':
    'package main\n\nfunc handler(event map[string]interface{}) interface{} {\n    // For /users/42, id is merged into event\n    idStr, _ := event["id"].(string)\n    return map[string]interface{}{"status": 200, "body": idStr}\n}\n',
  'envelope.go': handler(
    '\treturn map[string]interface{}{"status": 201, "headers": map[string]interface{}{"Content-Type": "application/json", "Set-Cookie": []string{"a=1", "b=2"}}, "body": "{\\"a\\":1}"}'
  ),
  'value.go': handler('\treturn map[string]interface{}{"status": "ok", "list": []int{1, 2}}'),
  'text.go': handler('\treturn "grüße"'),
  'bytes.go': handler('\treturn []byte{0, 255}'),
  'nothing.go': handler('\treturn nil'),
  'struct.go': `package main

type Answer struct {
	Status  int               \`json:"status"\`
	Headers map[string]string \`json:"headers"\`
	Body    interface{}       \`json:"body"\`
}

func handler(event map[string]any) any {
	return Answer{Status: 202, Headers: map[string]string{"X-A": "1"}, Body: []string{"x"}}
}
`,
  'capital.go':
    'package main\n\nfunc Handler(event map[string]any) map[string]any {\n\treturn map[string]any{"body": "Handler"}\n}\n',
  'second.go':
    'package main\n\nfunc handler(event, params map[string]interface{}) interface{} {\n\treturn params["id"]\n}\n',
  'context.go':
    'package main\n\nimport "context"\n\nfunc handler(ctx context.Context, event map[string]interface{}, params map[string]string) (interface{}, error) {\n\treturn params, ctx.Err()\n}\n',
  'error.go':
    'package main\n\nimport "errors"\n\nfunc handler(event map[string]interface{}) (interface{}, error) {\n\treturn nil, errors.New("no luck")\n}\n',
  'wrong.go': 'package main\n\nfunc handler(id int) string {\n\treturn "x"\n}\n',
  'named.go': 'package main\n\nfunc show(event map[string]any) any {\n\treturn "shown"\n}\n',
  'event.go': handler('\treturn event'),
  'echo.go': handler(
    '\tbody, _ := event["body"].(string)\n\tif event["is_base64"] == true {\n\t\tdata, _ := base64.StdEncoding.DecodeString(body)\n\t\treturn data\n\t}\n\treturn []byte(body)',
    'import "encoding/base64"'
  ),
  'panic.go':
    'package main\n\nfunc deep(list []int) int {\n\treturn list[5]\n}\n\nfunc handler(event map[string]interface{}) interface{} {\n\treturn deep(nil)\n}\n',
  'status.go': handler('\treturn map[string]any{"status": 700}'),
  'func.go': handler('\treturn map[string]any{"f": func() {}}'),
  'prints.go': handler(
    '\tfmt.Println("one")\n\tlog.SetFlags(0)\n\tlog.Print("two")\n\treturn "x"',
    'import (\n\t"fmt"\n\t"log"\n)'
  ),
  'pid.go': handler('\treturn os.Getpid()', 'import "os"'),
  'channel.go': handler(
    '\tpieces := make(chan string)\n\tgo func() {\n\t\tdefer close(pieces)\n\t\tfor n := 0; n < 3; n++ {\n\t\t\tpieces <- fmt.Sprintf("piece %d\\n", n)\n\t\t}\n\t}()\n\treturn pieces',
    'import "fmt"'
  ),
  'reader.go': handler(
    '\treturn map[string]any{"headers": map[string]any{"content-type": "text/csv"}, "body": strings.NewReader(strings.Repeat("a,b\\n", 100000))}',
    'import "strings"'
  ),
  'writer.go': handler(
    '\treturn func(w io.Writer) error {\n\t\tfor n := 0; n < 64; n++ {\n\t\t\tif _, err := w.Write(bytes.Repeat([]byte("x"), 100000)); err != nil {\n\t\t\t\treturn err\n\t\t\t}\n\t\t}\n\t\treturn nil\n\t}',
    'import (\n\t"bytes"\n\t"io"\n)'
  ),
  'endless.go': `package main

import "io"

var ended = make(chan bool, 1)

func handler(event map[string]any) any {
	if event["method"] == "POST" {
		return <-ended
	}
	return func(w io.Writer) error {
		for {
			if _, err := io.WriteString(w, "data: x\\n\\n"); err != nil {
				ended <- true
				return err
			}
		}
	}
}
`,
  'cut.go': handler(
    '\treturn func(w io.Writer) error {\n\t\tw.Write([]byte("begin"))\n\t\tpanic("in the middle")\n\t}',
    'import "io"'
  ),
  'slow.go': handler('\ttime.Sleep(300 * time.Millisecond)\n\treturn "slow"', 'import "time"'),
  'late.go':
    'package main\n\nimport "context"\n\nfunc handler(ctx context.Context, event map[string]any) any {\n\t<-ctx.Done()\n\treturn "gone"\n}\n'
}

describe.skipIf(!hasTool('go', ['version']))('Go handlers', { timeout: 120_000 }, () => {
  let project: RuntimeProject
  beforeAll(async () => {
    project = await openProject(go, files, {
      env: { 'event.go': { GREETING: 'hi' } },
      fn: { timeoutMs: 5000 },
      fnOf: { 'named.go': { handler: 'show' }, 'late.go': { timeoutMs: 100 } }
    })
  }, 240_000)
  afterAll(async () => await project.close())

  it('compile to one program, with lines of progress', () => {
    expect(project.problems).toEqual([])
    expect(project.progress[0]).toMatch(/^go: compiling \d+ functions$/)
    expect(project.progress.at(-1)).toMatch(/^go: compiled \d+ functions \(\d+\.\d s\)$/)
  })

  it.each([
    ['text.go', 'text/plain; charset=utf-8', 'grüße'],
    ['value.go', 'application/json; charset=utf-8', '{"list":[1,2],"status":"ok"}'],
    ['capital.go', 'text/plain; charset=utf-8', 'Handler'],
    ['named.go', 'text/plain; charset=utf-8', 'shown'],
    ['nothing.go', undefined, '']
  ])('answer as %s does', async (name, type, text) => {
    const answer = await project.invoke(name)
    expect([answer.status, answer.headers['content-type']]).toEqual([200, type])
    expect(await readText(answer)).toBe(text)
  })

  it('answer with status, headers and lists of headers', async () => {
    const answer = await project.invoke('envelope.go')
    expect(answer).toMatchObject({
      status: 201,
      headers: { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] }
    })
    expect(await readText(answer)).toBe('{"a":1}')
  })

  it('answer with a struct of their own', async () => {
    const answer = await project.invoke('struct.go')
    expect(answer).toMatchObject({ status: 202, headers: { 'x-a': '1' } })
    expect(await readText(answer)).toBe('["x"]')
  })

  it('find route parameters in the event, where they win over fields, and as a second argument', async () => {
    const params = { id: '42' }
    expect(await readText(await project.invoke('users/[id].go', { params }))).toBe('42')
    expect(await readText(await project.invoke('second.go', { params }))).toBe('42')
    expect(JSON.parse(await readText(await project.invoke('context.go', { params })))).toEqual(params)
  })

  it('see params, path_params and their own environment in the event', async () => {
    const answer = await project.invoke('event.go', { params: { name: 'x' }, body: 'text' })
    expect(JSON.parse(await readText(answer))).toMatchObject({
      params: { name: 'x' },
      path_params: { name: 'x' },
      name: 'x',
      env: { GREETING: 'hi' },
      body: 'text'
    })
    const bare = JSON.parse(await readText(await project.invoke('event.go'))) as object
    expect(bare).not.toHaveProperty('body')
  })

  it.each([0, 1, 255, 65_536, 262_144, 3_000_000])(
    'take and give %i random bytes unchanged',
    async (size) => {
      const body = randomBytes(size)
      expect((await readBody(await project.invoke('echo.go', { method: 'POST', body }))).equals(body)).toBe(
        true
      )
    }
  )

  it('that panic answer 500 with the place, and the process goes on', async () => {
    const pid = await readText(await project.invoke('pid.go'))
    const error = await project.invoke('panic.go').catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      code: 'TREEWAY_HANDLER_FAILED',
      statusCode: 500,
      problems: [{ file: 'panic.go', line: 4 }],
      cause: {
        stack: expect.stringMatching(
          /index out of range[\s\S]*deep[\s\S]*panic\.go:4[\s\S]*panic\.go:8/
        ) as string
      }
    })
    expect(await readText(await project.invoke('pid.go'))).toBe(pid)
  })

  it.each([
    ['error.go', 'TREEWAY_HANDLER_FAILED', /no luck/],
    ['status.go', 'TREEWAY_ANSWER_INVALID', /700/],
    ['func.go', 'TREEWAY_ANSWER_INVALID', /func\(\)/],
    ['wrong.go', 'TREEWAY_LOAD_FAILED', /func\(int\) string/]
  ])('fail as %s does: %s', async (name, code, message) => {
    await expect(project.invoke(name)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string
    })
  })

  it("print lines that are logged with the request's id, where one request runs", async () => {
    await project.invoke('prints.go', { event: { id: 'req-print' } })
    await waitFor(() => project.logs.some(({ text }) => text === 'two'), 'the printed lines')
    expect(project.logs).toContainEqual({ requestId: 'req-print', stream: 'stdout', text: 'one' })
    expect(project.logs).toContainEqual({ requestId: 'req-print', stream: 'stderr', text: 'two' })
  })

  it('stream what comes from a channel, a reader and a function that writes', async () => {
    const channel = await project.invoke('channel.go')
    expect(channel.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(await readText(channel)).toBe('piece 0\npiece 1\npiece 2\n')
    const reader = await project.invoke('reader.go')
    expect(reader.headers['content-type']).toBe('text/csv')
    expect(await readText(reader)).toBe('a,b\n'.repeat(100_000))
    expect((await readBody(await project.invoke('writer.go'))).length).toBe(6_400_000)
  })

  it('stop streaming when the client goes away', async () => {
    const { body } = await project.invoke('endless.go')
    if (body === undefined || body instanceof Uint8Array) throw new Error('no stream')
    body.destroy()
    expect(await readText(await project.invoke('endless.go', { method: 'POST' }))).toBe('true')
  })

  it('that fail in a stream cut it', async () => {
    await expect(readBody(await project.invoke('cut.go'))).rejects.toThrow(/in the middle/)
  })

  it('run side by side, and end with their context at the time limit', async () => {
    const began = performance.now()
    await Promise.all(Array.from({ length: 200 }, async () => await project.invoke('slow.go')))
    expect(performance.now() - began).toBeLessThan(3000)
    await expect(project.invoke('late.go')).rejects.toMatchObject({ code: 'TREEWAY_TIMEOUT' })
  })
})

describe.skipIf(!hasTool('go', ['version']))("the Go worker's own tests", () => {
  it('pass: golden vectors, answer rules, random bytes', { timeout: 240_000 }, () => {
    execFileSync('go', ['test', './...'], { cwd: 'workers/go', stdio: 'pipe' })
  })
})

describe('a machine without Go', () => {
  it('gets one problem with what to do, and an error at each call', async () => {
    const project = await openProject(
      go,
      { 'x.go': files['text.go'], 'y.go': files['text.go'] },
      { runtime: { hostEnv: { PATH: '/nonexistent' } } }
    )
    expect(project.problems).toMatchObject([
      { code: 'TREEWAY_LANGUAGE_MISSING', fix: expect.any(String) as string }
    ])
    await expect(project.invoke('y.go')).rejects.toMatchObject({
      code: 'TREEWAY_LANGUAGE_MISSING',
      statusCode: 501
    })
    await project.close()
  })
})
