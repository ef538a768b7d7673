import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import treeway from '../../src/plugin.ts'

let app: FastifyInstance = Fastify()
const dirs: string[] = []

afterEach(async () => {
  await app.close()
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true })
})

function writeTree(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'treeway-plugin-'))
  dirs.push(dir)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  return dir
}

async function ask(url: string, headers: Record<string, string> = {}): Promise<string> {
  const { statusCode, body } = await app.inject({ url, headers })
  return statusCode === 200 ? body : String(statusCode)
}

describe("a tree in somebody else's app", () => {
  it('is served beside their own routes, with and without a slash at the end', async () => {
    const dir = writeTree({
      'functions/index.js': 'export default async () => "root"\n',
      'functions/list.js': 'export default async () => "list"\n',
      'functions/list.test.js': 'export default async () => "test"\n',
      'functions/[id].js': 'exports.handler = (event, { id }) => `id ${id}`\n'
    })
    app = Fastify()
    app.get('/own', async () => 'own')
    app.register(treeway, { dir, prefix: '/api' })
    const urls = ['/own', '/api', '/api/', '/api/list', '/api/list/', '/api/7', '/api/list/test', '/list']
    const answers = await Promise.all(urls.map((url) => ask(url)))
    expect(answers).toEqual(['own', 'root', 'root', 'list', 'list', 'id 7', '404', '404'])
  })

  it('is served twice, with a parameter in the prefix that its handlers get', async () => {
    const dir = writeTree({
      'functions/a/[[rest]].js': 'export const onRequest = ({ params }) => Response.json(params)\n'
    })
    app = Fastify()
    app.register(treeway, { dir, prefix: '/v1' })
    app.register(treeway, { dir, prefix: '/v2/:tenant' })
    expect(JSON.parse(await ask('/v1/a/b/c'))).toEqual({ rest: ['b', 'c'] })
    expect(JSON.parse(await ask('/v2/acme/a/b'))).toEqual({ tenant: 'acme', rest: ['b'] })
  })

  it('keeps its plugins, in order of name, and its static files to itself', async () => {
    const dir = writeTree({
      'routes/+b.js':
        'export default async (s) => { s.addHook("onRequest", async (q) => { q.trail += "b" }) }\n',
      'routes/+a.js':
        'export default async (s) => { s.decorateRequest("trail", ""); s.addHook("onRequest", async (q) => { q.trail = "a" }) }\n',
      'routes/GET-trail.js': 'export default async (request) => request.trail\n',
      'public/page.txt': 'page'
    })
    app = Fastify()
    app.get('/own', async (request) => String((request as { trail?: string }).trail))
    app.register(treeway, { dir, prefix: '/site' })
    const answers = await Promise.all(
      ['/site/trail', '/own', '/site/page.txt', '/page.txt'].map((url) => ask(url))
    )
    expect(answers).toEqual(['ab', 'undefined', 'page', '404'])
  })

  it('guards its folders, whatever spelling of the path the app lets through', async () => {
    const dir = writeTree({
      'functions/gate/_middleware.js':
        'export const onRequest = ({ request, next }) => request.headers.get("x-key") ? next() : new Response("no", { status: 401 })\n',
      'functions/gate/in.js': 'export default async () => "in"\n',
      'public/gate/secret.txt': 'secret'
    })
    app = Fastify()
    app.register(treeway, { dir, prefix: '/t' })
    expect(await ask('/t/gate/in', { 'x-key': '1' })).toBe('in')
    expect(await ask('/t/gate/secret.txt', { 'x-key': '1' })).toBe('secret')
    const closed = [
      '/t/gate/in',
      '/t/gate/secret.txt',
      '/t//gate/secret.txt',
      '/t/%67ate/secret.txt',
      '/t/x/../gate/secret.txt'
    ]
    for (const url of closed) expect(['401', '404']).toContain(await ask(url))
  })

  it('refuses a tree with problems, and names them', async () => {
    const dir = writeTree({
      'functions/a.js': 'export default async () => "a"\n',
      'functions/a/index.js': 'export default async () => "b"\n'
    })
    app = Fastify()
    app.register(treeway, { dir })
    await expect(app.ready()).rejects.toThrow(/functions\/a\.js and functions\/a\/index\.js both answer/)
  })
})
