import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AssetAnswer } from '../../src/assets/asset-answer.ts'
import { createAssets } from '../../src/assets/create-assets.ts'
import type { Assets } from '../../src/assets/create-assets.ts'
import { toCanonicalUrl } from '../../src/routes/canonical-path.ts'

const runs = 120_000
const seed = Number(process.env['TREEWAY_FUZZ_SEED'] ?? 20_260_101)

/** Below the parent folder. GATED may be read below /gate only, SECRET never. */
const files: Record<string, string> = {
  'public/index.html': 'open',
  'public/x/y.txt': 'open',
  'public/x/index.html': 'open',
  'public/gate/secret.txt': 'GATED',
  'public/gate/index.html': 'GATED',
  'public/gate/deep/secret.txt': 'GATED',
  'public/gate/404.html': 'GATED',
  'public/404.html': 'none',
  'public/.env': 'SECRET',
  'public/.git/config': 'SECRET',
  'public/x/.env': 'SECRET',
  'public/_headers': '/*\n  X-Secret: no\n# SECRET',
  'public/_redirects': '/r/* /x/:splat 200\n/s-:a /x/.:a 200\n# SECRET',
  'public/_routes.json': 'SECRET',
  'public/fn.config.json': 'SECRET',
  'public/x/fn.env.json': 'SECRET',
  'public/node_modules/a/index.js': 'SECRET',
  'public/handlers/get.js': 'SECRET',
  'public-secret/secret.txt': 'SECRET',
  'outside.txt': 'SECRET'
}

const links: Record<string, string> = {
  'public/out': '..',
  'public/x/out.txt': '../../outside.txt',
  'public/sibling': '../public-secret',
  'public/alias': 'gate',
  'public/x/alias.txt': '../gate/secret.txt',
  'public/env.txt': '.env',
  'public/handler.js': 'handlers/get.js',
  'public/same': 'x'
}

const words = [
  ...[
    'gate',
    'GATE',
    'Gate',
    'g\u0430te',
    'gate.',
    'gate%20',
    'secret.txt',
    'secret',
    'deep',
    'index',
    'index.html',
    '404',
    '404.html'
  ],
  ...[
    'x',
    'y.txt',
    '.env',
    '.git',
    'config',
    '_headers',
    '_redirects',
    '_routes.json',
    'fn.config.json',
    'fn.env.json',
    'node_modules'
  ],
  ...[
    'a',
    'index.js',
    'handlers',
    'get.js',
    'public',
    'public-secret',
    'outside.txt',
    'out',
    'out.txt',
    'sibling',
    'alias',
    'alias.txt'
  ],
  ...[
    'env.txt',
    'handler.js',
    'same',
    'r',
    's-',
    's-.',
    's-env',
    'etc',
    'passwd',
    '',
    'gate;x',
    'gate:$DATA',
    'gate%23',
    'gate%3F'
  ]
]
const separators = [
  '/',
  '/',
  '/',
  '/',
  '//',
  '\\',
  '/./',
  '/../',
  '/x/../',
  '%2f',
  '%2F',
  '%5c',
  '%5C',
  '/%2e/',
  '/%2e%2e/',
  '/.%2E/'
]
const noise = [
  '%00',
  '%c0%af',
  '%c0%ae%c0%ae/',
  '%e0%80%af',
  '%252f',
  '%252e%252e',
  '%ff',
  '%',
  '%zz',
  '?',
  '#',
  '\0',
  '%C3%A4',
  '\u00c3\u00a4',
  ' ',
  '*',
  '~'
]

let parent: string
let assets: Assets

beforeAll(() => {
  parent = realpathSync(mkdtempSync(join(tmpdir(), 'treeway-fuzz-')))
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(parent, file)), { recursive: true })
    writeFileSync(join(parent, file), content)
  }
  for (const [link, target] of Object.entries(links)) symlinkSync(target, join(parent, link))
  const dir = join(parent, 'public')
  assets = createAssets({
    dir,
    exclude: (path) => path.startsWith(join(dir, 'handlers')),
    mayAlias: (from, to) => !isGuarded(to) || isGuarded(from)
  })
})

afterAll(() => {
  assets.close()
  rmSync(parent, { recursive: true, force: true })
})

describe(`${runs} generated paths (seed ${seed})`, () => {
  it(
    'never read what is guarded by another path, and never what is secret',
    { timeout: 180_000 },
    async () => {
      const random = createRandom(seed)
      const seen = { open: 0, gated: 0, malformed: 0 }
      for (let run = 0; run < runs; run++) {
        const target = createTarget(random)
        const canonical = toCanonicalUrl(target)
        const path = canonical.replace(/\?.*$/s, '')
        if (canonical === '/%') seen.malformed++
        const text = await readText(await assets.respond({ method: 'GET', path, search: '', headers: {} }))
        if (text.includes('SECRET')) expect.fail(`secret read by ${JSON.stringify(target)} as ${path}`)
        if (!text.includes('GATED')) {
          if (text === 'open') seen.open++
          continue
        }
        seen.gated++
        if (!isGuarded(path)) expect.fail(`guard passed by ${JSON.stringify(target)} as ${path}`)
      }
      // the generator does reach what may be read, and what may not
      expect(Math.min(seen.open, seen.gated, seen.malformed)).toBeGreaterThan(500)
    }
  )
})

function isGuarded(path: string): boolean {
  return path === '/gate' || path.startsWith('/gate/')
}

async function readText(answer: AssetAnswer | undefined): Promise<string> {
  if (answer?.body === undefined) return JSON.stringify(answer?.headers ?? {})
  return Buffer.isBuffer(answer.body) ? answer.body.toString() : (await buffer(answer.body)).toString()
}

/** Half of the targets spell a real file in a strange way, the others are put together at random. */
function createTarget(random: () => number): string {
  const pieces = random() < 0.5 ? spellFile(random) : spellWords(random)
  if (random() < 0.15) pieces.splice(Math.floor(random() * pieces.length), 0, pick(noise, random))
  const target = pieces.join('')
  return random() < 0.03 ? `http://host${target}` : target
}

function spellFile(random: () => number): string[] {
  const names = pick([...Object.keys(files), ...Object.keys(links)], random).split('/')
  const below = random() < 0.8 ? names.slice(1) : names
  return below.flatMap((name) => [pick(separators, random), escapeSome(name, random)])
}

function spellWords(random: () => number): string[] {
  const count = 1 + Math.floor(random() * 5)
  const pieces = Array.from({ length: count }, () => [
    pick(separators, random),
    escapeSome(pick(words, random), random)
  ])
  return ['/', ...pieces.flat()]
}

function escapeSome(name: string, random: () => number): string {
  const share = random() < 0.5 ? 0 : 0.3
  return name.replace(/[a-z._]/g, (letter) => {
    if (random() >= share) return letter
    const hex = letter.charCodeAt(0).toString(16)
    return `%${random() < 0.5 ? hex : hex.toUpperCase()}`
  })
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

/** Mulberry32: small, seeded, the same on every machine. */
function createRandom(start: number): () => number {
  let state = start
  return function random() {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
