import { afterAll, describe, expect, it } from 'vitest'
import { serveFolder } from './serve-folder.ts'
import type { ServedFolder } from './serve-folder.ts'

const sites: ServedFolder[] = []

afterAll(() => Promise.all(sites.map((site) => site.stop())))

async function serve(...given: Parameters<typeof serveFolder>): Promise<ServedFolder> {
  const site = await serveFolder(...given)
  sites.push(site)
  return site
}

describe('a folder with _redirects and _headers', async () => {
  const site = await serve({
    _redirects:
      '/home /new\n/moved/* /posts/:splat 301\n/rw/:x /rewritten 200\n/rwh /rewritten.html 200\n/out /../../etc/passwd 200\n/env /.env 200\n/bad /x 404\n',
    _headers:
      '/*\n  X-All: yes\n/secret/*\n  ! X-All\n/gone/*\n  Cache-Control: public, max-age=999\n/rw/*\n  X-Rw: 1\n/none\n  ! Cache-Control\n',
    'new.html': 'new\n',
    'rewritten.html': 'rewritten\n',
    'secret/a.txt': 'a\n',
    '404.html': 'custom 404\n',
    '.env': 'SECRET'
  })

  it('redirects every method and keeps the query', async () => {
    for (const method of ['GET', 'POST', 'DELETE', 'HEAD']) {
      const reply = await site.get('/home?a=1', {}, method)
      expect([reply.status, reply.headers.location, reply.headers['x-all']]).toEqual([302, '/new?a=1', 'yes'])
    }
    expect((await site.get('/moved/a/b')).headers.location).toBe('/posts/a/b')
  })

  it('rewrites, keeping URL and its headers, conditions included', async () => {
    for (const path of ['/rw/1', '/rw/1', '/rwh']) {
      expect(await site.get(path)).toMatchObject({ status: 200, body: 'rewritten\n' })
    }
    const { headers } = await site.get('/rw/2')
    expect(headers['x-rw']).toBe('1')
    const again = await site.get('/rw/3', { 'if-none-match': String(headers.etag) })
    expect([again.status, again.headers['x-rw']]).toEqual([304, '1'])
    expect((await site.get('/rewritten')).headers['x-rw']).toBeUndefined()
    expect((await site.get('/rw/1', {}, 'POST')).status).toBe(405)
  })

  it('never rewrites to what may not be sent', async () => {
    for (const path of ['/out', '/env']) expect((await site.get(path)).status).toBe(404)
  })

  it('sets and removes headers of files from disk and from memory', async () => {
    for (const _ of ['disk', 'memory']) {
      expect((await site.get('/new')).headers['x-all']).toBe('yes')
      expect((await site.get('/secret/a.txt')).headers['x-all']).toBeUndefined()
    }
    expect((await site.get('/new', { range: 'bytes=0-0' })).headers['x-all']).toBe('yes')
  })

  it('lets nobody keep a 404, whatever a rule says', async () => {
    const reply = await site.get('/gone/x')
    expect([reply.status, reply.headers['cache-control'], reply.headers['x-all']]).toEqual([
      404,
      'no-store',
      'yes'
    ])
    expect((await site.get('/none')).headers['cache-control']).toBe('no-store')
  })

  it('does not send the control files', async () => {
    for (const path of ['/_redirects', '/_headers', '/%5Fheaders', '//_headers', '/_headers/']) {
      expect((await site.get(path)).body).toBe('custom 404\n')
    }
  })

  it('tells what is wrong with its rules, and reads them anew', async () => {
    const reported: string[] = []
    const other = await serve(
      { _redirects: '/bad /x 404\n' },
      { onProblem: (problem) => reported.push(problem.message) }
    )
    expect(other.assets.problems).toMatchObject([{ file: 'public/_redirects', line: 1, severity: 'warning' }])
    other.write('_redirects', '/good /x 301\n')
    other.assets.invalidate()
    expect(other.assets.problems).toEqual([])
    expect(reported).toHaveLength(1)
    expect((await other.get('/good')).status).toBe(301)
  })
})

describe('rules for a host', () => {
  it('hold for that host, from memory too', async () => {
    const site = await serve({ _headers: 'https://a.example/*\n  X-Host: a\n', 'x.txt': 'x' })
    for (const host of ['a.example', 'b.example', 'a.example:3000']) {
      const reply = await site.get('/x.txt', { host })
      expect(reply.headers['x-host']).toBe(host.startsWith('a.') ? 'a' : undefined)
    }
  })
})

describe('a request with credentials', () => {
  it('gets no header that lets a shared cache keep the file', async () => {
    const site = await serve({ 'x.txt': 'x', 'y.txt': 'y', _headers: '/y.txt\n  Cache-Control: private\n' })
    for (const _ of ['disk', 'memory']) {
      expect(
        (await site.get('/x.txt', { authorization: 'Bearer x' })).headers['cache-control']
      ).toBeUndefined()
      expect((await site.get('/y.txt', { authorization: 'Bearer x' })).headers['cache-control']).toBe(
        'private'
      )
    }
  })
})

describe('what is missing', () => {
  const files = { 'index.html': '<h1>app</h1>', 'app.js': '1' }

  it('is the page of a single-page application where a browser asks for one', async () => {
    const site = await serve(files, { notFoundHandling: 'single-page-application' })
    const html = { accept: 'text/html' }
    for (const path of ['/dash/team', '/dash/team', '/dash/']) {
      expect(await site.get(path, html)).toMatchObject({ status: 200, body: '<h1>app</h1>' })
    }
    for (const path of ['/missing.js', '/api/unknown', '/api', '/.env'])
      expect((await site.get(path, html)).status).toBe(404)
    expect((await site.get('/dash', { accept: 'application/json' })).status).toBe(404)
    expect((await site.get('/app.js', html)).body).toBe('1')
  })

  it('is left to the caller without a 404.html, and where pages are switched off', async () => {
    const bare = await serve({ 'x.txt': 'x' })
    const off = await serve({ '404.html': 'page' }, { notFoundHandling: '404' })
    for (const site of [bare, off]) {
      expect(
        await site.assets.respond({ method: 'GET', path: '/none', search: '', headers: {} })
      ).toBeUndefined()
    }
  })

  it('is everything where there is no folder, and that is a warning', async () => {
    const site = await serve({}, { dir: '/nowhere/at/all', label: 'static' })
    expect(site.assets.problems).toMatchObject([
      { code: 'TREEWAY_ASSETS_UNREADABLE', severity: 'warning', file: 'static' }
    ])
    expect((await site.get('/')).status).toBe(404)
  })
})

describe('the memory', () => {
  it('holds hot files in answers that nobody can change', async () => {
    const site = await serve({ 'x.txt': 'x', 'other.txt': 'y' })
    const request = { method: 'GET', path: '/x.txt', search: '', headers: {} }
    await site.assets.respond(request)
    const hot = site.assets.respond(request)
    expect(hot).not.toBeInstanceOf(Promise)
    expect(site.assets.respond(request)).toBe(hot)
    expect(Object.isFrozen(hot)).toBe(true)
    site.assets.invalidate()
    expect(site.assets.respond(request)).toBeInstanceOf(Promise)
  })

  it('can be switched off', async () => {
    const site = await serve({ 'x.txt': 'x', '404.html': 'none' }, { maxCacheBytes: 0 })
    for (const _ of ['one', 'two']) {
      expect((await site.get('/x.txt')).body).toBe('x')
      expect((await site.get('/none')).body).toBe('none')
    }
    const request = { method: 'HEAD', path: '/x.txt', search: '', headers: {} }
    expect(site.assets.respond(request)).toBeInstanceOf(Promise)
  })
})
