import { request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { createProject, startTreeway } from '../cli/run-treeway.ts'
import type { Project, Running } from '../cli/run-treeway.ts'

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

let project: Project | undefined
let cli: Running | undefined

afterEach(async () => {
  await cli?.stop()
  project?.remove()
})

async function serve(tree: Record<string, string>, args: readonly string[] = []): Promise<string> {
  project = createProject(tree)
  cli = startTreeway(['dev', '--port', '0', ...args], { cwd: project.dir })
  return (await cli.waitFor(/Local\s+(http:\S+)/))[1] ?? ''
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** fetch() writes the Host header itself. */
async function ask(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const outgoing = request(url, { headers }, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, type: String(answer.headers['content-type']), body })
      )
    })
    outgoing.on('error', reject).end()
  })
}

const THROWS = { 'functions/a.js': 'export const handler = () => {\n  throw new TypeError("no luck")\n}\n' }

describe('a fault in dev', () => {
  it.each([
    ['nothing', {}],
    ['everything, as fetch() does', { accept: '*/*' }],
    ['JSON', { accept: 'application/json' }],
    ['JSON rather than HTML', { accept: 'text/html;q=0.5, application/json' }],
    ['no HTML', { accept: 'text/html;q=0' }],
    ['HTML, by a name that is not this machine', { accept: BROWSER, host: 'evil.example' }]
  ])('is JSON for whoever accepts %s', async (_what, headers) => {
    const url = await serve(THROWS)
    const { status, type, body } = await ask(`${url}/a`, headers)
    expect(status).toBe(500)
    expect(type).toContain('application/json')
    expect(JSON.parse(body)).toEqual({
      statusCode: 500,
      code: 'TREEWAY_HANDLER_FAILED',
      error: 'Internal Server Error',
      message: 'no luck'
    })
  })

  it('is a page for a browser, and stands in the terminal with its line', async () => {
    const url = await serve(THROWS)
    const { status, type, body } = await ask(`${url}/a`, { accept: BROWSER })
    expect(status).toBe(500)
    expect(type).toBe('text/html; charset=utf-8')
    expect(body).toContain('functions/a.js:2:9')
    expect(body).toContain('throw new TypeError(&quot;no luck&quot;)')
    await cli?.waitFor(/error TypeError: no luck\n +functions\/a\.js:2:9\n[^]*> 2 \| +throw new TypeError/)
  })

  it('has the words of another language', async () => {
    const url = await serve({
      'functions/run.py': 'def handler(event):\n    return {}["gone"]\n',
      'functions/parse.py': 'def handler(event:\n    pass\n'
    })
    const run = await ask(`${url}/run`, { accept: BROWSER })
    expect(run.body).toContain('functions/run.py:2')
    expect(run.body).toMatch(/<mark>2 \| +return \{\}\[&quot;gone&quot;\]<\/mark>/)
    expect(run.body).toContain('Traceback (most recent call last)')
    const parse = await ask(`${url}/parse`, { accept: BROWSER })
    expect(parse.body).toContain('functions/parse.py:1:12')
    expect(parse.body).toContain('SyntaxError')
  })

  it('is a page for two files of one URL, and none for what a handler answers by itself', async () => {
    const url = await serve({
      'functions/c/get.js': 'export default async () => 1\n',
      'functions/get.c.js': 'export default async () => 2\n',
      'functions/own.js':
        'export default async () => { throw Object.assign(new Error("pay"), { statusCode: 402 }) }\n'
    })
    const conflict = await ask(`${url}/c`, { accept: BROWSER })
    expect(conflict.status).toBe(409)
    expect(conflict.body).toContain('functions/c/get.js and functions/get.c.js both answer GET /c.')
    const own = await ask(`${url}/own`, { accept: BROWSER })
    expect([own.status, own.type]).toEqual([402, 'application/json; charset=utf-8'])
  })

  it('shows no file that is no source of the project, whatever a stack says', async () => {
    const stack = (place: string): string => `Error: x\\n    at f (${place}:1:1)`
    const url = await serve({
      '.env': 'SECRET=of-the-file\n',
      'functions/a.js': `export default async (request) => {
        const error = new Error('x')
        error.stack = '${stack('PLACE')}'.replace('PLACE', request.query.file)
        throw error
      }\n`
    })
    const dir = project?.dir ?? ''
    for (const file of [`${dir}/.env`, '/etc/passwd', `${dir}/../../etc/passwd`]) {
      const { body } = await ask(`${url}/a?file=${encodeURIComponent(file)}`, { accept: BROWSER })
      expect(body).not.toMatch(/of-the-file|root:/)
    }
  })

  it('may be an error that can not be looked at', async () => {
    const url = await serve({
      'functions/a.js':
        'export default async () => { throw Object.defineProperty(new Error("x"), "stack", { get() { throw new Error("no") } }) }\n'
    })
    const { status, body } = await ask(`${url}/a`, { accept: BROWSER })
    expect(status).toBe(500)
    expect(body).toContain('can not be looked at')
  })
})

describe('the stream of changes', () => {
  it('refuses a name that is not this machine, as a website would have it', async () => {
    const url = await serve(THROWS)
    const { status, body } = await ask(`${url}/_treeway/dev/changes`, { host: 'evil.example' })
    expect(status).toBe(403)
    expect(JSON.parse(body)).toMatchObject({ code: 'TREEWAY_LOCAL_ONLY' })
  })

  it('ends with the server', async () => {
    const url = await serve(THROWS)
    const { body } = await fetch(`${url}/_treeway/dev/changes`)
    const reader = body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toMatch(/^data: \w+-\d+\n\n$/)
    const finished = cli?.stop()
    expect((await reader?.read())?.done).toBe(true)
    expect((await finished)?.code).toBe(0)
  })
})

describe('what a handler logs', () => {
  it('stands in the terminal, from the level that is asked for', async () => {
    const url = await serve({
      'functions/a.js':
        'export default async (request) => { request.log.debug("quiet"); request.log.warn({ user: 7 }, "loud"); return "a" }\n',
      'functions/b.py': 'def handler(event):\n    print("said by python")\n    return "b"\n'
    })
    await ask(`${url}/a`)
    await cli?.waitFor(/warn loud \{"user":7\}\nGET +\/a 200/)
    await ask(`${url}/b`)
    await cli?.waitFor(/info said by python/)
    expect((await cli?.stop())?.stderr).not.toContain('quiet')
  })
})
