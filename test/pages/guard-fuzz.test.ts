import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { pipeline } from './pipeline.ts'
import type { PipelinedAnswer, PipelinedRequest } from './pipeline.ts'
import { serveTree } from './serve-tree.ts'
import type { ServedTree } from './serve-tree.ts'

/** In the body of everything that lies behind a guard, and nowhere else. */
const SECRET = 'the-secret'
const KEY = 'x-key: open\r\n'
const PATHS_PER_TREE = 34_000
const BATCH = 200

const GUARD = `export async function onRequest({ request, next }) {
  if (request.headers.get('x-key') !== 'open') return new Response('guarded', { status: 401 })
  const response = await next()
  response.headers.set('x-pass', 'yes')
  return response
}`
const PLUGIN = `export default async function guard(server) {
  server.addHook('onRequest', async (request, reply) => {
    if (request.headers['x-key'] !== 'open') return reply.code(401).send('guarded')
    reply.header('x-pass', 'yes')
  })
}`

const files = {
  'functions/index.js': `export const onRequest = () => new Response('open')`,
  'functions/[name].js': `export const onRequest = ({ params }) => new Response('open ' + params.name)`,
  'functions/gate/_middleware.js': GUARD,
  'functions/gate/index.js': `export const onRequest = () => new Response('${SECRET}')`,
  'functions/gate/context.js': `export const onRequest = [({ next }) => next(), () => new Response('${SECRET}')]`,
  'functions/gate/reply.js': `export default () => '${SECRET}'`,
  'functions/gate/event.js': `export const handler = () => ({ status: 200, body: '${SECRET}' })`,
  'functions/gate/web.js': `export const GET = () => new Response('${SECRET}')`,
  'functions/gate/to-[id].js': `export const onRequest = ({ params }) => new Response('${SECRET} ' + params.id)`,
  'functions/gate/deep/[[rest]].js': `export const onRequest = ({ params }) => new Response('${SECRET} ' + params.rest)`,
  'functions/post/_middleware.js': `export const onRequestPost = ({ next }) => next()\n${GUARD.replace('onRequest(', 'onRequestGet(')}`,
  'functions/post/hello.js': `export const onRequestGet = () => new Response('${SECRET}')`,
  'functions/[user]/private/_middleware.js': GUARD,
  'functions/[user]/private/note.js': `export const onRequest = () => new Response('${SECRET}')`,
  'functions/anna/private/diary.js': `export default () => '${SECRET}'`,
  'routes/vault/+guard.js': PLUGIN,
  'routes/vault/GET.js': `export default () => '${SECRET}'`,
  'routes/vault/GET-coin.js': `export default () => '${SECRET}'`,
  'routes/vault/ANY-safe-[id].js': `export default (request) => '${SECRET} ' + request.params.id`,
  'public/open.txt': 'open',
  'public/gate/file.txt': SECRET,
  'public/gate/page.html': SECRET,
  'public/gate/index.html': SECRET,
  'public/gate/deeper/note.txt': SECRET,
  'public/vault/file.txt': SECRET,
  'public/vault/page.html': SECRET,
  'public/anna/private/letter.txt': SECRET,
  'outside/key.txt': SECRET,
  '.dev.vars': `KEY=${SECRET}`
}

const settings: Record<string, Readonly<Record<string, string>>> = {
  'as it is': {},
  'with _routes.json': {
    'public/_routes.json': JSON.stringify({
      version: 1,
      include: ['/gate/*', '/vault/*', '/post/*', '/*/private/*', '/index*'],
      exclude: []
    })
  },
  'with static files first': {
    'fn.config.json': JSON.stringify({ assets: { directory: 'public', run_worker_first: false } })
  }
}

type Random = (below: number) => number

/** The same paths at every run. */
function createRandom(seed: number): Random {
  let state = seed
  return function random(below) {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** Everything that lies behind a guard. */
const GUARDED = [
  ...['/gate', '/gate/context', '/gate/reply', '/gate/event', '/gate/web', '/gate/to-x', '/gate/deep/a/b'],
  ...['/gate/file.txt', '/gate/page', '/gate/deeper/note.txt', '/post/hello', '/bert/private/note'],
  ...[
    '/anna/private/diary',
    '/anna/private/letter.txt',
    '/vault',
    '/vault/coin',
    '/vault/safe-1',
    '/vault/file.txt'
  ]
]
const NAMES = [
  ...[
    'gate',
    'vault',
    'post',
    'anna',
    'private',
    'deep',
    'deeper',
    'public',
    'outside',
    'file.txt',
    'page.html'
  ],
  ...[
    'index.html',
    'index',
    'context',
    'note',
    'open.txt',
    'key.txt',
    '_middleware.js',
    '.',
    '..',
    '...',
    ''
  ],
  ...['%2e', '%2E%2e', '.%2e', '..;', '.dev.vars', '%00', '%c0%ae%c0%ae', '%252e%252e', 'gate%2ffile.txt'],
  ...[
    'gate%5cfile.txt',
    'x%2f..%2fgate',
    'gate;x=1',
    'gate%20',
    'gate.',
    'gate%00',
    'GATE',
    '%67ate',
    'g%2561te'
  ]
]
const SEPARATORS = [
  '/',
  '//',
  '\\',
  '%2f',
  '%2F',
  '%5c',
  '/./',
  '/x/../',
  '\\..\\',
  '///',
  '/%2e/',
  '/.//',
  '/%2e%2e/'
]
const STARTS = [
  '/',
  '//',
  '/\\',
  'http://x',
  'http://x//',
  'HTTP://gate',
  'http://x/y/..',
  '/%2f',
  '/?',
  '/x/../',
  '/.',
  '/..'
]
const ENDS = [
  '/',
  '//',
  '?a=b',
  '?/gate',
  '#x',
  '%23x',
  '/.',
  '/..',
  '%2f',
  '.',
  ';',
  '/?',
  '%3f',
  '%20',
  '/index',
  '.html'
]
/** Node's parser ends the connection for these. */
const REFUSED = ['gate', '\\gate/file.txt', '*gate', './gate', '%2fgate/file.txt', '/gate/file.txt\u0000']
const METHODS = ['GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE']

function createTarget(random: Random): string {
  const pick = (list: readonly string[]): string => list[random(list.length)] ?? ''
  if (random(2000) === 0) return pick(REFUSED)
  let path = pick(GUARDED)
  if (random(4) === 0) path = `/${Array.from({ length: random(4) + 1 }, () => pick(NAMES)).join('/')}`
  for (let i = random(4); i > 0; i--) path = change(path, random, pick)
  return Buffer.from(path).toString('latin1')
}

/** The same path in another spelling, or one that is nearly the same. */
function change(path: string, random: Random, pick: (list: readonly string[]) => string): string {
  const at = random(path.length)
  const slash = path.indexOf('/', at)
  switch (random(6)) {
    case 0:
      return slash > 0 ? path.slice(0, slash) + pick(SEPARATORS) + path.slice(slash + 1) : path
    case 1:
      return path.startsWith('/') ? pick(STARTS) + path : path
    case 2:
      return path + pick(ENDS)
    case 3:
      return slash > 0 ? `${path.slice(0, slash)}/${pick(NAMES)}${path.slice(slash)}` : path
    default:
      return at > 0 ? escapeOne(path, at, random(4)) : path
  }
}

/** One character escaped, escaped twice, or in the other case. */
function escapeOne(path: string, at: number, how: number): string {
  const char = path[at] ?? '/'
  const hex = (char.codePointAt(0) ?? 0).toString(16).padStart(2, '0').slice(0, 2)
  const other = char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase()
  const spelled = [`%${hex}`, `%25${hex}`, `%${hex.toUpperCase()}`, other][how] ?? char
  return path.slice(0, at) + spelled + path.slice(at + 1)
}

function createRequests(count: number, seed: number): PipelinedRequest[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => {
    const target = createTarget(random)
    const method = METHODS[random(METHODS.length)] ?? 'GET'
    return { method, target, headers: random(10) === 0 ? KEY : '' }
  })
}

interface Tally {
  guarded: number
  passed: number
  open: number
  missed: number
}

/** What a request line may have, as Node's parser sees it: a path, or a URL with a host. */
function isTarget(target: string): boolean {
  return /^(?:\/|http:\/\/[\w.-]+(?:[/?]|$))[!-~]*$/i.test(target)
}

function toBatches<T>(list: readonly T[], size: number): T[][] {
  const count = Math.ceil(list.length / size)
  return Array.from({ length: count }, (_, i) => list.slice(i * size, (i + 1) * size))
}

function check(request: PipelinedRequest, answer: PipelinedAnswer | undefined, tally: Tally): void {
  if (!answer) throw new Error(`no answer to ${JSON.stringify(request)}`)
  const hasPass = answer.head.includes('\r\nx-pass: yes')
  const isAllowed = request.headers === KEY
  if ((hasPass && !isAllowed) || (answer.body.includes(SECRET) && !hasPass))
    throw new Error(`${JSON.stringify(request)} answered ${answer.status} ${answer.body.slice(0, 100)}`)
  if (answer.body === 'guarded') tally.guarded += 1
  else if (hasPass) tally.passed += 1
  else if (answer.status === 200) tally.open += 1
  else tally.missed += 1
}

const trees: ServedTree[] = []
afterAll(() => Promise.all(trees.map((tree) => tree.stop())))

describe.each(Object.keys(settings))('a guarded folder %s', (name) => {
  test(`is passed by none of ${PATHS_PER_TREE} spellings of paths`, { timeout: 180_000 }, async () => {
    const tree = await serveTree({ ...files, ...settings[name] })
    trees.push(tree)
    const requests = createRequests(PATHS_PER_TREE, name.length)
    const tally: Tally = { guarded: 0, passed: 0, open: 0, missed: 0 }
    const plain = requests.filter(({ target }) => isTarget(target))
    const odd = requests.filter(({ target }) => !isTarget(target))
    // A request that Node's parser refuses ends its connection, so those go alone.
    for (const batch of [...toBatches(plain, BATCH), ...toBatches(odd, 1)]) {
      const answers = await pipeline(tree.port, batch)
      for (const [i, request] of batch.entries()) check(request, answers[i], tally)
    }
    // Were nothing ever guarded, passed, open or missing, the test would say nothing.
    for (const count of Object.values(tally)) expect(count).toBeGreaterThan(PATHS_PER_TREE / 200)
  })

  test('is reached with the key, in every style and for files', async () => {
    const tree = trees.at(-1)
    for (const path of GUARDED) {
      const shut = await tree?.fetch(path)
      expect([path, shut?.status, await shut?.text()]).toEqual([path, 401, 'guarded'])
      const open = await tree?.fetch(path, { headers: { 'x-key': 'open' } })
      expect([path, open?.status, open?.headers.get('x-pass')]).toEqual([path, 200, 'yes'])
      expect(await open?.text()).toContain(SECRET)
    }
  })
})

test('a link in the static folder leads neither out of it nor around a guard', async () => {
  const tree = await serveTree(files)
  trees.push(tree)
  symlinkSync(join(tree.dir, 'outside'), join(tree.dir, 'public/link'))
  symlinkSync(join(tree.dir, 'public/gate'), join(tree.dir, 'public/alias'))
  symlinkSync(join(tree.dir, 'public/gate/file.txt'), join(tree.dir, 'public/copy.txt'))
  for (const path of [
    '/link/key.txt',
    '/alias/file.txt',
    '/copy.txt',
    '/.dev.vars',
    '/functions/gate/index.js'
  ]) {
    const answer = await tree.fetch(path)
    expect([path, (await answer.text()).includes(SECRET)]).toEqual([path, false])
  }
})
