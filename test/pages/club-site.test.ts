import { request as httpRequest } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveDir } from './serve-tree.ts'

/** A static site with a few functions, a guarded folder, plugins and every control file. */
const DIR = fileURLToPath(new URL('trees/club-site', import.meta.url))
const ADA = { authorization: `Basic ${btoa('ada:lovelace')}` }

let tree: Awaited<ReturnType<typeof serveDir>>
beforeAll(async () => {
  tree = await serveDir(DIR, { problems: 'serve' })
})
afterAll(() => tree.stop())

async function read(path: string, init?: RequestInit): Promise<[number, string]> {
  const answer = await tree.fetch(path, init)
  const html = await answer.text()
  return [answer.status, /<h1>(.*)<\/h1>/.exec(html)?.[1] ?? html]
}

test('the tree has no problem', () => {
  expect(tree.app.treeway.problems).toEqual([])
})

describe('pages', () => {
  test.each([
    ['/about', [200, 'About us']],
    ['/blog/', [200, 'Blog']],
    ['/status', [200, 'up']],
    ['/missing', [404, 'Nothing here']],
    ['/blog/missing', [404, 'No such post']],
    ['/blog/first-post', [200, 'First']],
    ['/feed.xml/x', [404, 'Nothing here']]
  ])('%s', async (path, expected) => {
    expect(await read(path)).toEqual(expected)
  })

  test.each([
    ['/about.html', 308, '/about'],
    ['/index.html?a=b', 308, '/?a=b'],
    ['/blog', 308, '/blog/'],
    ['/home', 301, '/'],
    ['/team', 302, '/about'],
    ['/news/first-post?a=b', 301, '/blog/first-post?a=b'],
    ['/join/choir', 302, '/contact?about=choir'],
    ['/forum', 308, 'https://forum.example/']
  ])('%s leads on with %i', async (path, status, location) => {
    const answer = await tree.fetch(path)
    expect([answer.status, answer.headers.get('location')]).toEqual([status, location])
  })

  test('have the headers that the file says, and functions have not', async () => {
    const page = await tree.fetch('/about')
    expect([page.headers.get('x-frame-options'), page.headers.get('referrer-policy')]).toEqual([
      'DENY',
      'same-origin'
    ])
    const script = await tree.fetch('/assets/app.3f2a.js')
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(script.headers.get('x-frame-options')).toBe(null)
    expect(script.headers.get('content-type')).toMatch(/^(?:text|application)\/javascript/)
    expect((await tree.fetch('/status')).headers.get('x-frame-options')).toBe(null)
  })

  test('are not sent twice to who has them', async () => {
    const etag = (await tree.fetch('/about')).headers.get('etag') ?? ''
    // fetch would add no-cache by itself
    const headers = { 'if-none-match': etag, 'cache-control': 'max-age=0' }
    expect((await tree.fetch('/about', { headers })).status).toBe(304)
  })

  test('and control files are told apart', async () => {
    for (const file of ['/_headers', '/_redirects', '/_routes.json', '/.dev.vars']) {
      expect((await tree.fetch(file)).status, file).toBe(404)
    }
  })
})

describe('the start page', () => {
  test('is chosen once, by a cookie', async () => {
    const first = await tree.fetch('/')
    expect(first.headers.getSetCookie()).toEqual(['variant=a; Path=/; Max-Age=86400'])
    expect(await first.text()).toContain('The club')
    const other = await tree.fetch('/', { headers: { cookie: 'variant=b' } })
    expect([other.status, other.headers.getSetCookie()]).toEqual([200, []])
    expect(await other.text()).toContain('Join the club')
  })

  test('has one host', async () => {
    const location = await new Promise((resolve, reject) => {
      httpRequest({ port: tree.port, path: '/about?a', headers: { host: 'www.club.example' } }, (answer) =>
        resolve([answer.statusCode, answer.headers.location, answer.resume().statusMessage])
      )
        .on('error', reject)
        .end()
    })
    expect(location).toEqual([301, 'http://club.example/about?a', 'Moved Permanently'])
  })
})

describe('the contact form', () => {
  const send = (fields: Record<string, string>): Promise<Response> =>
    tree.fetch('/contact', { method: 'POST', body: new URLSearchParams(fields) })

  test('is a page, and takes what is sent to it', async () => {
    expect((await tree.fetch('/contact')).status).toBe(200)
    const sent = await send({ name: 'Ada L.', email: 'a@example.com', message: 'hello' })
    expect([sent.status, sent.headers.get('location')]).toEqual([303, `${tree.url}/thanks?to=Ada%20L.`])
  })

  test('comes again with what is missing, and knows robots', async () => {
    const again = await send({ name: 'Ada' })
    expect([again.status, await again.text()]).toEqual([
      422,
      expect.stringContaining('Missing: email, message')
    ])
    expect((await send({ website: 'http://spam.example' })).status).toBe(400)
  })
})

describe('the blog', () => {
  test('puts the address into the static page, and counts', async () => {
    const post = await tree.fetch('/blog/first-post')
    expect(await post.text()).toContain(
      '<link rel="canonical" href="https://club.example/blog/first-post"></head>'
    )
    expect([post.headers.get('x-slug'), post.headers.get('x-read'), post.headers.get('x-post')]).toEqual([
      'first-post',
      'counted',
      'first-post'
    ])
    expect((await tree.fetch('/blog/missing')).headers.get('x-read')).toBe('missed')
  })

  test('is read even when the counter is broken', async () => {
    expect(await read('/blog/first-post?broken')).toEqual([200, 'First'])
    expect(await read('/blog/?broken')).toEqual([200, 'Blog'])
  })
})

describe('the members\u2019 folder', () => {
  test.each([
    '/members/',
    '/members',
    '/members/minutes',
    '/members/minutes.html',
    '/members/me',
    '/members/none',
    '/%6dembers/minutes'
  ])('asks at %s', async (path) => {
    const answer = await tree.fetch(path)
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="club", charset="UTF-8"'
    ])
  })

  test('opens for members, and shows them to functions', async () => {
    expect(await read('/members/minutes', { headers: ADA })).toEqual([200, 'Minutes'])
    expect(await read('/members/none', { headers: ADA })).toEqual([404, 'Nothing here'])
    expect((await tree.fetch('/members', { headers: ADA })).headers.get('location')).toBe('/members/')
    const me = await tree.fetch('/members/me', { headers: ADA, method: 'PATCH' })
    expect(await me.json()).toEqual({ name: 'ada', method: 'PATCH', country: null })
    const eva = { authorization: `Basic ${Buffer.from('eva:h\u00e4ndel').toString('base64')}` }
    expect(await (await tree.fetch('/members/me', { headers: eva })).json()).toMatchObject({ name: 'eva' })
    expect(
      (await tree.fetch('/members/', { headers: { authorization: `Basic ${btoa('ada:no')}` } })).status
    ).toBe(401)
  })

  test('keeps no page of it in a shared cache', async () => {
    const page = await tree.fetch('/members/minutes', { headers: ADA })
    expect(page.headers.get('cache-control')).toBe(null)
  })
})

test('a plugin of Fastify holds for functions, pages and what is missing: whatever middleware lets through', async () => {
  for (const path of ['/status', '/about', '/missing', '/members/']) {
    expect((await tree.fetch(path, { headers: ADA })).headers.get('x-robots-tag'), path).toBe('noarchive')
  }
  expect((await tree.fetch('/members/')).headers.get('x-robots-tag')).toBe(null)
  // kept away from functions and all that is around them
  expect((await tree.fetch('/assets/site.css')).headers.get('x-robots-tag')).toBe(null)
})

test('the site closes for maintenance, but for its status', async () => {
  const closed = await serveDir(DIR, { problems: 'serve', config: { env: { MAINTENANCE: 'on' } } })
  try {
    const page = await closed.fetch('/about')
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '60'])
    expect((await closed.fetch('/status')).status).toBe(200)
    // kept away from functions by _routes.json, their middleware too
    expect((await closed.fetch('/assets/site.css')).status).toBe(200)
  } finally {
    await closed.stop()
  }
})

test('functions answer with what they say they are', async () => {
  const feed = await tree.fetch('/feed.xml')
  expect([feed.headers.get('content-type'), feed.headers.get('cache-control')]).toEqual([
    'application/rss+xml',
    'max-age=600'
  ])
  expect(await feed.text()).toContain(`<link>${tree.url}</link>`)
  expect(await (await tree.fetch('/api/time', { method: 'POST' })).json()).toMatchObject({ club: 'The Club' })
})
