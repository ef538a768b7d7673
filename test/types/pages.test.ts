import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { createProject } from '../cli/run-treeway.ts'
import type { Project } from '../cli/run-treeway.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)
const projects: Project[] = []

afterAll(() => projects.splice(0).forEach((project) => project.remove()))

interface Setting {
  readonly lib: readonly string[]
  readonly types: readonly string[]
  /** Also what the declarations of packages say. Default: true. */
  readonly checksPackages?: boolean
  readonly paths?: Readonly<Record<string, readonly string[]>>
}

/** What the compiler says to the project; '' where it has nothing to say. */
async function compile(files: Readonly<Record<string, string>>, setting: Setting): Promise<string> {
  const { lib, types, checksPackages = true, paths = {} } = setting
  const compilerOptions = {
    ...{ target: 'esnext', module: 'esnext', moduleResolution: 'bundler', lib, types, paths },
    ...{ strict: true, noUncheckedIndexedAccess: true, noEmit: true, skipLibCheck: !checksPackages }
  }
  const project = createProject({
    ...files,
    'tsconfig.json': JSON.stringify({ compilerOptions, include: ['functions', 'types.d.ts'] })
  })
  projects.push(project)
  link(project, 'treeway', ROOT)
  for (const name of types.filter((name) => name.startsWith('@'))) {
    link(project, name, join(ROOT, 'node_modules', name))
  }
  const tsc = join(ROOT, 'node_modules/.bin/tsc')
  return await run(tsc, ['-p', project.dir], { cwd: project.dir }).then(
    () => '',
    (error: { stdout: string }) => error.stdout
  )
}

function link(project: Project, name: string, target: string): void {
  const path = join(project.dir, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(target, path)
}

/** TypeScript as Pages projects have it: nothing is imported, the names are just there. */
const PROJECT = {
  'types.d.ts': `interface Env { API_KEY: string; MODE?: 'test' | 'live' }`,
  'functions/_middleware.ts': `
    const guard: PagesFunction<Env> = async (context) => {
      if (context.request.headers.get('authorization') !== context.env.API_KEY) return new Response('no', { status: 401 })
      context.data.user = { name: 'ada' }
      return context.next()
    }
    const mark: PagesFunction<Env> = async ({ next, waitUntil }) => {
      const response = await next()
      waitUntil(Promise.resolve())
      response.headers.append('set-cookie', 'a=b')
      return new Response(response.body, response)
    }
    export const onRequest = [guard, mark]`,
  'functions/users/[user].ts': `
    interface Data extends Record<string, unknown> { user: { name: string } }
    export const onRequestGet: PagesFunction<Env, 'user', Data> = async ({ params, data, request, env, functionPath }) => {
      const user: string | string[] = params.user
      // @ts-expect-error the file has no such parameter
      params.other
      // @ts-expect-error the environment has no such value
      env.NOTHING
      const country: string | undefined = request.cf?.country as string | undefined
      const page = await env.ASSETS.fetch(new URL('/page', request.url))
      return Response.json({ user, by: data.user.name, country, status: page.status, functionPath })
    }
    export const onRequestPost: PagesFunction<Env> = async ({ request }) => {
      const { title } = await request.json<{ title: string }>()
      const copy = request.clone()
      const form = await copy.formData()
      const answer = await fetch('http://localhost')
      const { id } = await answer.json<{ id: number }>()
      const text: string = title
      // @ts-expect-error a number has no such method
      id.toUpperCase()
      return new Response(text + String(form.get('name')) + id.toFixed())
    }`,
  'functions/any/[[path]].ts': `
    export async function onRequest(context: EventContext<Env, 'path', Record<string, unknown>>): Promise<Response> {
      context.passThroughOnException()
      const path = context.params.path as string[]
      return path.length > 0 ? context.next('/other') : context.next(new Request('http://localhost/'), { method: 'HEAD' })
    }
    export const onRequestPut: PagesFunction = () => new Response(null, { status: 204 })
    // @ts-expect-error a text is no answer
    export const onRequestDelete: PagesFunction = () => 'gone'`,
  'functions/plugin/index.ts': `
    interface Options { realm: string }
    export const onRequest: PagesPluginFunction<unknown, any, Record<string, unknown>, Options> = ({ pluginArgs, next }) => {
      const realm: string = pluginArgs.realm
      return realm === '' ? next() : new Response(realm)
    }
    export const inner = (context: EventPluginContext<unknown, any, Record<string, unknown>, Options>): Response =>
      new Response(context.pluginArgs.realm)`,
  'functions/assets.ts': `
    interface Bindings { ASSETS: Fetcher }
    export const onRequest: PagesFunction<Bindings> = ({ env, request }) => env.ASSETS.fetch(request.url)`
}

/** The same with imports, for who wants no globals. */
const IMPORTING = {
  'functions/[id].ts': `
    import type { EventContext, Fetcher, PagesFunction, PagesPluginFunction } from 'treeway/pages'
    interface Env { KEY: string; FILES: Fetcher }
    export const onRequestGet: PagesFunction<Env, 'id'> = async ({ params, request, env }) => {
      const { n } = await request.json<{ n: number }>()
      // @ts-expect-error the file has no such parameter
      params.other
      return Response.json([params.id, n.toFixed(), env.KEY, (await env.FILES.fetch('http://localhost')).ok])
    }
    export const onRequestPut = ({ params, next }: EventContext<Env, 'id'>): Promise<Response> => next(String(params.id))
    export const plugin: PagesPluginFunction<Env, 'id', Record<string, unknown>, number> = ({ pluginArgs }) => new Response(pluginArgs.toFixed())`
}

const DOM = ['esnext', 'dom', 'dom.iterable']
const CLOUDFLARE = '@cloudflare/workers-types'

describe('the TypeScript of a Pages project', { timeout: 60_000 }, () => {
  test("compiles without Cloudflare's packages", async () => {
    expect(await compile(PROJECT, { lib: DOM, types: ['treeway/pages/globals'] })).toBe('')
  })

  test('compiles with them, as before', async () => {
    expect(await compile(PROJECT, { lib: ['esnext'], types: [CLOUDFLARE] })).toBe('')
  })

  test("compiles with them and with Treeway's: theirs count, and nothing is declared twice", async () => {
    const files = {
      ...PROJECT,
      'functions/kv.ts': `
        interface Bindings { NOTES: KVNamespace; DB: D1Database; FILES: R2Bucket }
        export const onRequest: PagesFunction<Bindings> = async ({ env }) => new Response(await env.NOTES.get('a'))`
    }
    const types = [CLOUDFLARE, 'treeway/pages/globals']
    expect(await compile(files, { lib: ['esnext'], types })).toBe('')
  })

  test('imports the types where it wants no globals, with and without the others', async () => {
    expect(await compile(IMPORTING, { lib: DOM, types: [] })).toBe('')
    expect(await compile(IMPORTING, { lib: ['esnext'], types: [CLOUDFLARE] })).toBe('')
    expect(await compile({ ...PROJECT, ...IMPORTING }, { lib: DOM, types: ['treeway/pages/globals'] })).toBe(
      ''
    )
  })

  test("has imports from Cloudflare's package that was not installed, by a path", async () => {
    const files = Object.fromEntries(
      Object.entries(IMPORTING).map(([name, code]) => [name, code.replace('treeway/pages', CLOUDFLARE)])
    )
    const paths = { [CLOUDFLARE]: ['./node_modules/treeway/types/pages/pages-types.d.cts'] }
    expect(await compile(files, { lib: DOM, types: [], paths })).toBe('')
  })

  test('finds the mistakes that it found before', async () => {
    const wrong = {
      'functions/a.ts': `export const onRequest: PagesFunction<{ A: string }> = ({ env }) => new Response(env.B)`,
      'functions/b.ts': `export const onRequest: PagesFunction = ({ pluginArgs }) => new Response(pluginArgs)`
    }
    const errors = await compile(wrong, { lib: DOM, types: ['treeway/pages/globals'] })
    expect(errors).toContain(`Property 'B' does not exist`)
    expect(errors).toContain(`Property 'pluginArgs' does not exist`)
  })
})
