import { renameSync, statSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serveFolder } from './serve-folder.ts'
import type { Reply, ServedFolder } from './serve-folder.ts'

const script = 'console.log("hello")\n'.repeat(500)
const big = Buffer.alloc(1_000_000, 'big file ')

let site: ServedFolder

beforeAll(async () => {
  site = await serveFolder({
    'index.html': '<h1>home</h1>\n',
    '404.html': '<h1>nothing here</h1>\n',
    'docs/404.html': 'no such page\n',
    'docs/index.html': 'docs\n',
    'about.html': 'about\n',
    'data.json': '{"a":1}\n',
    'digits.txt': '0123456789',
    'app.js': script,
    'app.js.br': brotliCompressSync(script),
    'app.js.gz': gzipSync(script),
    'big.bin': big,
    'big.txt': big,
    'big.txt.gz': gzipSync(big),
    'empty.css': '',
    'logo.svg': '<svg/>',
    'module.wasm': 'x',
    'no-extension': 'x',
    'k\u00e4se brot.txt': 'cheese\n',
    '.env': 'SECRET'
  })
})

afterAll(() => site.stop())

describe('a file', () => {
  it('has its type, length, tag, date and cache headers', async () => {
    const reply = await site.get('/data.json')
    expect(reply).toMatchObject({ status: 200, body: '{"a":1}\n' })
    expect(reply.headers).toMatchObject({
      'content-length': '8',
      'cache-control': 'public, max-age=0, must-revalidate',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      etag: expect.stringMatching(/^W\/"[0-9a-f-]+"$/),
      'last-modified': statSync(join(site.dir, 'data.json')).mtime.toUTCString()
    })
  })

  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/app.js', 'application/javascript; charset=utf-8'],
    ['/data.json', 'application/json; charset=utf-8'],
    ['/empty.css', 'text/css; charset=utf-8'],
    ['/logo.svg', 'image/svg+xml'],
    ['/module.wasm', 'application/wasm'],
    ['/no-extension', 'application/octet-stream'],
    ['/big.bin', 'application/octet-stream'],
    ['/big.txt', 'text/plain; charset=utf-8']
  ])('%s is %s', async (path, type) => {
    expect((await site.get(path)).headers['content-type']).toBe(type)
  })

  it('is the same the first time, from memory, and streamed', async () => {
    const [cold, hot] = [await site.get('/app.js'), await site.get('/app.js')]
    expect([cold.body, hot.headers]).toEqual([hot.body, { ...cold.headers, date: hot.headers.date }])
    expect((await site.get('/big.bin')).bytes.equals(big)).toBe(true)
    expect((await site.get('/empty.css')).headers['content-length']).toBe('0')
  })

  it('is read once when many ask for it at the same time', async () => {
    site.assets.invalidate()
    const replies = await Promise.all(Array.from({ length: 50 }, () => site.get('/app.js')))
    expect(new Set(replies.map((reply) => `${reply.status} ${reply.body}`))).toEqual(
      new Set([`200 ${script}`])
    )
  })

  it('has a name with spaces and letters beyond ASCII, however they are escaped', async () => {
    for (const path of ['/k%c3%a4se%20brot.txt', '/%6B%C3%A4se%20brot%2etxt']) {
      expect((await site.get(path)).body).toBe('cheese\n')
    }
  })
})

describe('HEAD', () => {
  it.each(['/data.json', '/big.bin', '/none'])('of %s has the headers of GET and no body', async (path) => {
    const [get, head] = [await site.get(path), await site.get(path, {}, 'HEAD')]
    expect(head.body).toBe('')
    expect([head.status, head.headers]).toEqual([get.status, { ...get.headers, date: head.headers.date }])
  })
})

describe('other methods', () => {
  it('are refused with Allow where there is a file', async () => {
    const reply = await site.get('/about', {}, 'POST')
    expect([reply.status, reply.headers.allow, reply.body]).toEqual([405, 'GET, HEAD', ''])
  })

  it('are left to the caller where there is none', () => {
    expect(site.assets.respond({ method: 'POST', path: '/none', search: '', headers: {} })).toBeUndefined()
  })
})

describe('conditional requests', () => {
  it.each(['/digits.txt', '/big.bin'])('of %s know one tag, its other form, a list and *', async (path) => {
    const etag = String((await site.get(path)).headers.etag)
    const strong = etag.replace('W/', '')
    for (const tag of [etag, strong, `"x", ${etag}`, `"x",${strong} , "y"`, '*']) {
      const reply = await site.get(path, { 'if-none-match': tag })
      expect([tag, reply.status, reply.body, reply.headers.etag]).toEqual([tag, 304, '', etag])
      expect(reply.headers['content-length'] ?? reply.headers['content-type']).toBeUndefined()
      expect(reply.headers['cache-control']).toBe('public, max-age=0, must-revalidate')
    }
    expect((await site.get(path, { 'if-none-match': '"x", "y"' })).status).toBe(200)
    expect((await site.get(path, { 'if-none-match': etag, 'cache-control': 'no-cache' })).status).toBe(200)
  })

  it('know dates', async () => {
    const modified = String((await site.get('/digits.txt')).headers['last-modified'])
    const status = async (headers: Record<string, string>) => (await site.get('/digits.txt', headers)).status
    expect(await status({ 'if-modified-since': modified })).toBe(304)
    expect(await status({ 'if-modified-since': new Date(0).toUTCString() })).toBe(200)
    expect(await status({ 'if-modified-since': modified, 'if-none-match': '"x"' })).toBe(200)
    expect(await status({ 'if-unmodified-since': new Date(0).toUTCString() })).toBe(412)
    expect(await status({ 'if-match': '"x"' })).toBe(412)
    expect(await status({ 'if-match': '*' })).toBe(200)
  })
})

describe('ranges', () => {
  it.each([
    ['bytes=2-5', 206, '2345', 'bytes 2-5/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=8-100', 206, '89', 'bytes 8-9/10'],
    ['bytes=20-30', 416, '', 'bytes */10'],
    ['bytes=5-2', 416, '', 'bytes */10'],
    ['bytes=0-1,4-5', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined]
  ])('%s: %i', async (range, status, body, contentRange) => {
    const reply = await site.get('/digits.txt', { range })
    expect([reply.status, reply.body, reply.headers['content-range']]).toEqual([status, body, contentRange])
  })

  it('hold for large files and stop at If-Range', async () => {
    const etag = String((await site.get('/big.bin')).headers.etag)
    const range = 'bytes=999990-'
    expect((await site.get('/big.bin', { range })).bytes).toEqual(big.subarray(999_990))
    expect((await site.get('/big.bin', { range, 'if-range': etag })).status).toBe(206)
    expect((await site.get('/big.bin', { range, 'if-range': '"old"' })).status).toBe(200)
  })

  it('count bytes of the file itself', async () => {
    const reply = await site.get('/app.js', { range: 'bytes=0-6', 'accept-encoding': 'br' })
    expect([reply.body, reply.headers['content-encoding']]).toEqual(['console', undefined])
  })
})

describe('pre-compressed siblings', () => {
  it.each([
    ['br, gzip', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync]
  ])('are sent for %j', async (accepted, encoding, decompress) => {
    const reply = await site.get('/app.js', { 'accept-encoding': accepted })
    expect(reply.headers).toMatchObject({
      'content-encoding': encoding,
      'content-type': 'application/javascript; charset=utf-8',
      vary: 'accept-encoding'
    })
    expect(decompress(reply.bytes).toString()).toBe(script)
    const again = await site.get('/app.js', {
      'accept-encoding': accepted,
      'if-none-match': String(reply.headers.etag)
    })
    expect([again.status, again.headers.vary]).toEqual([304, 'accept-encoding'])
  })

  it('are streamed where they are large, and not sent to who does not take them', async () => {
    const zipped = await site.get('/big.txt', { 'accept-encoding': 'gzip' })
    expect([zipped.headers['content-encoding'], zipped.headers['content-type']]).toEqual([
      'gzip',
      'text/plain; charset=utf-8'
    ])
    expect(gunzipSync(zipped.bytes).equals(big)).toBe(true)
    const plain = await site.get('/app.js', { 'accept-encoding': 'br;q=0' })
    expect([plain.body, plain.headers['content-encoding'], plain.headers.vary]).toEqual([
      script,
      undefined,
      'accept-encoding'
    ])
  })

  it('have a tag of their own', async () => {
    const tags = await Promise.all(
      ['', 'br', 'gzip'].map(
        async (accepted) => (await site.get('/app.js', { 'accept-encoding': accepted })).headers.etag
      )
    )
    expect(new Set(tags).size).toBe(3)
  })

  it('are left alone once the file is newer', async () => {
    const path = site.write('fresh.js', 'one')
    site.write('fresh.js.gz', gzipSync('one'))
    const later = new Date(Date.now() + 5000)
    expect((await site.get('/fresh.js', { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBe(
      'gzip'
    )
    site.write('fresh.js', 'two')
    utimesSync(path, later, later)
    await expectSoon(
      () => site.get('/fresh.js', { 'accept-encoding': 'gzip' }),
      (reply) => reply.body === 'two'
    )
  })
})

describe('missing files', () => {
  it('get the nearest 404.html, which nobody keeps', async () => {
    const root = await site.get('/none')
    expect([root.status, root.body, root.headers['cache-control'], root.headers.etag]).toEqual([
      404,
      '<h1>nothing here</h1>\n',
      'no-store',
      undefined
    ])
    expect((await site.get('/docs/a/b')).body).toBe('no such page\n')
    expect((await site.get('/none', { 'if-none-match': '*', range: 'bytes=0-1' })).status).toBe(404)
  })

  it('include dot files, folders and what a malformed target names', async () => {
    expect((await site.get('/.env')).status).toBe(404)
    expect((await site.get('/docs//..%2f.env')).status).toBe(404)
    for (const path of ['/%', '/%c0%ae.env', '/a%00.txt']) expect((await site.get(path)).status).toBe(400)
  })
})

describe('redirects to the one URL of a page', () => {
  it.each([
    ['/about.html?x=1', '/about?x=1'],
    ['/docs', '/docs/'],
    ['//docs', '/docs/'],
    ['/index.html', '/'],
    ['/docs/index', '/docs/']
  ])('%s: %s', async (path, location) => {
    const reply = await site.get(path)
    expect([reply.status, reply.headers.location]).toEqual([308, location])
  })
})

describe('a change on disk', () => {
  it('is served within a second: another content, a rename over it, removal, a page that appears', async () => {
    const path = site.write('change.txt', 'one')
    expect((await site.get('/change.txt')).body).toBe('one')
    site.write('change.txt', 'two')
    await expectSoon(
      () => site.get('/change.txt'),
      (reply) => reply.body === 'two'
    )
    renameSync(site.write('next.txt', 'six'), path)
    await expectSoon(
      () => site.get('/change.txt'),
      (reply) => reply.body === 'six'
    )
    renameSync(path, join(site.dir, 'gone.txt'))
    await expectSoon(
      () => site.get('/change.txt'),
      (reply) => reply.status === 404
    )
    site.write('change.txt.html', 'page')
    await expectSoon(
      () => site.get('/change.txt'),
      (reply) => reply.body === 'page'
    )
  })

  it('that makes a hot file a link to the outside takes it away', async () => {
    const path = site.write('turn.txt', 'fine')
    expect((await site.get('/turn.txt')).body).toBe('fine')
    renameSync(path, join(site.dir, 'turned.txt'))
    symlinkSync('/etc/hostname', path)
    await expectSoon(
      () => site.get('/turn.txt'),
      (reply) => reply.status === 404
    )
  })
})

/** What is asked a second after the change, or later, must be right. */
async function expectSoon(ask: () => Promise<Reply>, isRight: (reply: Reply) => boolean): Promise<void> {
  const deadline = performance.now() + 1000
  for (let isLast = false; ;) {
    const reply = await ask()
    if (isRight(reply)) return
    if (isLast) expect.fail(`still ${reply.status} ${reply.body}`)
    isLast = performance.now() >= deadline
  }
}
