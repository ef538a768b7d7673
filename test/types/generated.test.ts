import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer } from '../../src/testing.ts'
import { createProject, runTreeway, startTreeway } from '../cli/run-treeway.ts'
import type { Project } from '../cli/run-treeway.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

const tsconfig = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023', 'dom', 'dom.iterable'],
    module: 'nodenext',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    types: [],
    allowImportingTsExtensions: true,
    noEmit: true
  },
  include: ['**/*.ts', '.treeway/types/*.d.ts']
}

const files = {
  'package.json': '{"name":"sample","type":"module"}',
  'tsconfig.json': JSON.stringify(tsconfig),
  // the four styles, each knowing its parameters
  'functions/users/[id].ts': `
    import type { HandlerEvent } from 'treeway'
    export const handler = ({ params, query }: HandlerEvent<'/users/:id'>) => {
      const id: string = params.id
      // @ts-expect-error there is no such parameter
      params.name
      return { status: 200, body: { id, at: new Date(), q: query.q } }
    }`,
  'functions/files/[[path]].ts': `
    import type { EventContext } from 'treeway'
    export const onRequestGet = ({ params }: EventContext<'/files/*path?'>): Response => {
      const path: string[] | undefined = params.path
      return Response.json(path)
    }`,
  'functions/notes/[id].ts': `
    import type { WebInfo, WebRequest } from 'treeway'
    export const options = { schema: {
      params: { type: 'object', properties: { id: { type: 'integer' } } },
      body: { type: 'object', required: ['text'], properties: { text: { type: 'string' }, tags: { type: 'array', items: { type: 'string' }, default: [] } } },
      response: { 200: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } } }
    } }
    export async function PUT(request: WebRequest<'PUT /notes/:id'>, { params }: WebInfo<'PUT /notes/:id'>): Promise<Response> {
      const id: number = params.id
      const { text, tags } = await request.json()
      const joined: string = text + tags.join('')
      // @ts-expect-error it is a text
      const wrong: number = text
      return Response.json({ id, text: joined, wrong })
    }`,
  'routes/GET-list.ts': `
    import type { FastifyRequest } from 'fastify'
    import type { RouteOf } from 'treeway'
    export const options = { schema: { querystring: { type: 'object', required: ['sort'], properties: {
      limit: { type: 'integer', default: 10 }, sort: { enum: ['up', 'down'] } } } } }
    export default async function list(request: FastifyRequest<RouteOf<'GET /list'>>): Promise<{ limit: number }> {
      const limit: number = request.query.limit
      const sort: 'up' | 'down' = request.query.sort
      return { limit: sort === 'up' ? limit : 0 }
    }`,
  // the web and context styles may say what their Response holds
  'functions/said/[id].ts': `
    import type { TypedResponse, WebInfo } from 'treeway'
    export function GET(_request: Request, { params }: WebInfo<'/said/:id'>): TypedResponse<{ id: string; at: Date }> {
      return Response.json({ id: params.id, at: new Date() })
    }`,
  'functions/context.ts': `
    import type { EventContext, TypedResponse } from 'treeway'
    export const onRequestGet = async (_context: EventContext<'/context'>): Promise<TypedResponse<number[]>> => Response.json([1])`,
  'functions/unsaid.ts': 'export const GET = (): Response => Response.json({ id: 1 })',
  // a handler that names no route takes what comes
  'functions/bare.ts': `
    import type { EventContext, HandlerEvent } from 'treeway'
    export const handler = ({ params, query }: HandlerEvent): unknown => [params.whatever?.length, query.q]
    export const other = ({ params }: EventContext): unknown => params.whatever`,
  // other languages say in fn.config.json what they take and give
  'functions/py/square/handler.py': 'def handler(event, n):\n    return {"square": 1}\n',
  'functions/py/square/fn.config.json': JSON.stringify({
    invoke: { methods: ['POST'] },
    options: {
      schema: {
        body: { type: 'object', required: ['n'], properties: { n: { type: 'number' } } },
        response: {
          200: { type: 'object', required: ['square'], properties: { square: { type: 'number' } } }
        }
      }
    }
  }),
  'client.ts': `
    import { createClient, unwrap } from 'treeway/client'
    const api = createClient({ baseUrl: 'http://localhost' })
    export async function calls(): Promise<unknown> {
      const user = await api.call('GET /users/:id', { params: { id: '4' } })
      if (!user.ok) {
        const text: string = user.error.message
        return text
      }
      const id: string = user.data.id
      const at: string = user.data.at
      const list = await unwrap(api.call('GET /list', { query: { sort: 'up' } }))
      const limit: number = list.limit
      const { square } = await unwrap(api.call('POST /py/square', { body: { n: 3 } }))
      const area: number = square
      const said = await unwrap(api.call('GET /said/:id', { params: { id: '4' } }))
      const saidAt: string = said.at
      const [first]: number[] = await unwrap(api.call('GET /context'))
      const unsaid = await unwrap(api.call('GET /unsaid'))
      // @ts-expect-error it is a text
      const wrongId: number = said.id
      // @ts-expect-error nobody knows
      unsaid.id
      const stream = await api.stream('GET /files/*path?', { params: { path: 'a/b' } })
      if (stream.ok) for await (const piece of stream.data) piece.toUpperCase()
      await api.call('GET /files/*path?')
      // @ts-expect-error no such route
      await api.call('GET /nothing')
      // @ts-expect-error a parameter is missing
      await api.call('GET /users/:id')
      // @ts-expect-error its query is missing
      await api.call('GET /list')
      // @ts-expect-error not one of its values
      await api.call('GET /list', { query: { sort: 'sideways' } })
      // @ts-expect-error a number is asked
      await api.call('POST /py/square', { body: { n: '3' } })
      // @ts-expect-error a text has no such answer
      user.data.nothing
      return [id, at, limit, area, saidAt, first, wrongId]
    }`
}

let project: Project

function link(name: string, target: string): void {
  mkdirSync(join(project.dir, 'node_modules'), { recursive: true })
  symlinkSync(target, join(project.dir, 'node_modules', name))
}

async function compile(): Promise<string> {
  const tsc = join(ROOT, 'node_modules/.bin/tsc')
  return await run(tsc, ['-p', project.dir], { cwd: project.dir }).then(
    () => '',
    (error: { stdout: string }) => error.stdout
  )
}

beforeAll(() => {
  project = createProject(files)
  link('treeway', ROOT)
  link('fastify', join(ROOT, 'node_modules/fastify'))
})
afterAll(() => project.remove())

describe('the types of a tree', () => {
  test('are written by `treeway types`, and handlers of every style and calls of every language fit them', async () => {
    const written = await runTreeway(['types', project.dir])
    expect([written.code, written.stdout, written.stderr]).toEqual([
      0,
      'Wrote .treeway/types/routes.d.ts\n',
      ''
    ])
    expect(await compile()).toBe('')
  }, 60_000)

  test('do not let a call compile whose file has another name now', async () => {
    renameSync(join(project.dir, 'functions/users/[id].ts'), join(project.dir, 'functions/users/[key].ts'))
    await runTreeway(['types', project.dir])
    const errors = await compile()
    expect(errors).toContain('client.ts')
    expect(errors).toContain(`'"GET /users/:id"' is not assignable`)
    // The handler names its own route, too.
    expect(errors).toContain('functions/users/[key].ts')
    renameSync(join(project.dir, 'functions/users/[key].ts'), join(project.dir, 'functions/users/[id].ts'))
  }, 60_000)

  test('say which file to include where tsconfig.json does not', async () => {
    project.write({ 'tsconfig.json': JSON.stringify({ ...tsconfig, include: ['**/*.ts'] }) })
    const { stdout, stderr } = await runTreeway(['types', project.dir])
    expect(stdout + stderr).toContain('Add ".treeway/types/routes.d.ts" to "include" of tsconfig.json')
  })

  test('are written by dev, and again when a route comes', async () => {
    const cli = startTreeway(['dev', project.dir, '--port', '0'])
    const read = async (): Promise<string> =>
      (await import('node:fs/promises')).readFile(join(project.dir, '.treeway/types/routes.d.ts'), 'utf8')
    try {
      await cli.waitFor(/Local +(http:\S+)/)
      project.write({ 'functions/fresh/[year].ts': 'export const handler = () => 1' })
      await expect.poll(read, { timeout: 10_000 }).toContain('GET /fresh/:year')
    } finally {
      await cli.stop()
    }
  })
})

describe('in another repository, from the OpenAPI document', () => {
  const api = {
    'functions/users/[id].py': 'def handler(event, id):\n    return {"id": id}\n',
    'functions/users/fn.config.json': JSON.stringify({
      options: {
        schema: {
          querystring: { type: 'object', required: ['sort'], properties: { sort: { enum: ['up', 'down'] } } },
          response: {
            200: {
              type: 'object',
              required: ['id'],
              properties: { id: { type: 'string' }, nick: { type: 'string', nullable: true } }
            }
          }
        }
      }
    }),
    'functions/files/[...path].js': 'export const handler = (event, { path }) => path',
    'functions/docs/[[...slug]].js': 'export const handler = (event, { slug = "none" }) => slug'
  }
  const caller = `
    import { createClient, unwrap } from 'treeway/client'
    import type { ProjectRoutes } from './api'
    const api = createClient<ProjectRoutes>({ baseUrl: process.argv[2] ?? '' })
    const user = await api.call('GET /users/:id', { params: { id: 'ada' }, query: { sort: 'up' } })
    if (!user.ok) throw new Error(user.error.message)
    const id: string = user.data.id
    const nick: string | null | undefined = user.data.nick
    const file = await unwrap(api.call('GET /files/*path', { params: { path: 'a/b c' } }))
    const stream = await api.stream('GET /docs/*slug', { params: { slug: 'x/y' } })
    let text = ''
    if (stream.ok) for await (const piece of stream.data) text += piece
    console.log(JSON.stringify([id, nick, file, text, await unwrap(api.call('GET /docs'))]))
    export const wrong = async () => {
      // @ts-expect-error no such route
      await api.call('GET /nothing')
      // @ts-expect-error not one of its values
      await api.call('GET /users/:id', { params: { id: 'ada' }, query: { sort: 'sideways' } })
      // @ts-expect-error it is a text
      const number: number = id
      return number
    }`

  test('a client is checked by the compiler, and its calls arrive', async () => {
    const tree = createProject(api)
    const server = await startTestServer({ dir: tree.dir, config: { openapi: true } })
    const other = createProject({
      'package.json': '{"type":"module"}',
      'src/call.ts': caller.replace("'./api'", "'./api.js'"),
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          ...tsconfig.compilerOptions,
          noEmit: false,
          allowImportingTsExtensions: false,
          rootDir: 'src',
          outDir: 'out',
          types: ['node']
        },
        include: ['src']
      })
    })
    const before = project
    project = other
    link('treeway', ROOT)
    link('@types', join(ROOT, 'node_modules/@types'))
    try {
      const from = `${server.url}/_treeway/openapi.json`
      const written = await runTreeway(['types', '--from', from, '--out', 'src/api.d.ts'], { cwd: other.dir })
      expect([written.code, written.stdout, written.stderr]).toEqual([0, 'Wrote src/api.d.ts\n', ''])
      expect(await compile()).toBe('')
      const { stdout } = await run(process.execPath, ['out/call.js', server.url], { cwd: other.dir })
      expect(JSON.parse(stdout)).toEqual(['ada', null, 'a/b c', 'x/y', 'none'])
    } finally {
      project = before
      await server.close()
      tree.remove()
      other.remove()
    }
  }, 120_000)

  test('whatever OpenAPI can say will do, and what is none is refused', async () => {
    const id = { name: 'id', in: 'path', required: true, schema: { type: 'integer' } }
    const schema = { type: 'array', items: { $ref: '#/components/schemas/Pet' } }
    const document = {
      openapi: '3.0.3',
      paths: {
        '/pets/{id}': {
          summary: 'Pets',
          parameters: [{ $ref: '#/components/parameters/id' }],
          get: { responses: { 200: { $ref: '#/components/responses/Pets' } } }
        }
      },
      components: {
        parameters: { id },
        responses: { Pets: { description: 'All', content: { 'application/json': { schema } } } },
        schemas: { Pet: { type: 'object', properties: { name: { type: 'string' } } } }
      }
    }
    const folder = createProject({ 'pets.json': JSON.stringify(document), 'none.json': '{"swagger":"2.0"}' })
    const good = await runTreeway(['types', '--from', 'pets.json'], { cwd: folder.dir })
    expect([good.code, good.stdout]).toEqual([0, 'Wrote routes.d.ts\n'])
    const text = readFileSync(join(folder.dir, 'routes.d.ts'), 'utf8')
    expect(text).toContain('"GET /pets/:id": {\n    params: { id: number }')
    expect(text).toContain('answer: Schemas["answered"]["Pet"][]')
    for (const from of ['none.json', 'nowhere.json', 'http://127.0.0.1:1/x']) {
      const bad = await runTreeway(['types', '--from', from], { cwd: folder.dir })
      expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining(from)])
    }
    folder.remove()
  }, 60_000)
})

describe('without written types', () => {
  test('a handler has its parameters from the name it says', async () => {
    const bare = createProject({
      'tsconfig.json': JSON.stringify(tsconfig),
      'functions/[id].ts': `
        import type { EventContext, HandlerEvent, ParamsIn } from 'treeway'
        export const handler = ({ params }: HandlerEvent<'/users/:id/v-:name.:ext'>): string => params.id + params.name + params.ext
        export const any = ({ params, query }: HandlerEvent): unknown => [params.whatever, query.x]
        export const context = ({ params, data }: EventContext): unknown => [params.whatever, data.x]
        export const rest: ParamsIn<'/files/*path'> = { path: 'a' }
        export const optional: ParamsIn<'/files/*path?'> = {}
        // @ts-expect-error there is no such parameter
        export const wrong = ({ params }: HandlerEvent<'/users/:id'>): string => params.name`
    })
    mkdirSync(join(bare.dir, 'node_modules'))
    symlinkSync(ROOT, join(bare.dir, 'node_modules/treeway'))
    const before = project
    project = bare
    const errors = await compile()
    project = before
    bare.remove()
    expect(errors).toBe('')
  }, 60_000)
})
