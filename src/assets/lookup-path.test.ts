import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFileFinder } from './find-file.ts'
import type { FileFinder } from './find-file.ts'
import { findNearest404, lookupPath, lookupRewrite } from './lookup-path.ts'

const files = [
  'index.html',
  '404.html',
  'about.html',
  'both',
  'both.html',
  'a.b.html',
  'docs/index.html',
  'docs/404.html',
  'docs/deep/x.txt',
  'named/index',
  'named/index.html',
  'mixed.html',
  'mixed/index.html',
  'space name.txt',
  'k\u00e4se.txt',
  '[id].js',
  '100%.txt',
  '.env',
  '.git/config',
  '.well-known/security.txt',
  '.well-known/.hidden',
  'deep/.hidden/x.txt',
  '_headers',
  '_redirects',
  '_routes.json',
  '_worker.js',
  'blog/_headers',
  'fn.config.json',
  'docs/fn.env.json',
  'node_modules/x/index.js',
  'lib/node_modules/y.js',
  'handlers/get.js',
  'gate/secret.txt'
]

/** Where each path leads: a file below the folder, `-> ` and the URL of a redirect, or nothing. */
const lookups: readonly (readonly [path: string, expected: string | undefined])[] = [
  ['/', 'index.html'],
  ['/index.html', '-> /'],
  ['/index', '-> /'],
  ['/about', 'about.html'],
  ['/about.html', '-> /about'],
  ['/about/', '-> /about'],
  ['/ABOUT', undefined],
  ['/both', 'both'],
  ['/both.html', 'both.html'],
  ['/a.b', 'a.b.html'],
  ['/docs', '-> /docs/'],
  ['/docs/', 'docs/index.html'],
  ['/docs/index', '-> /docs/'],
  ['/docs/index/', '-> /docs/'],
  ['/docs/index.html', '-> /docs/'],
  ['/docs/deep', undefined],
  ['/docs/deep/', undefined],
  ['/docs/deep/x.txt', 'docs/deep/x.txt'],
  ['/docs/deep/x.txt/', undefined],
  ['/docs/deep/x.txt/y', undefined],
  ['/named/index', 'named/index'],
  ['/named/index.html', 'named/index.html'],
  ['/mixed', 'mixed.html'],
  ['/mixed/', 'mixed/index.html'],
  ['/404', '404.html'],
  ['/space%20name.txt', 'space name.txt'],
  ['/k%C3%A4se.txt', 'k\u00e4se.txt'],
  ['/[id].js', '[id].js'],
  ['/100%25.txt', '100%.txt'],
  ['/100%2525.txt', undefined],
  ['/docs%2Fdeep%2Fx.txt', undefined],
  ['/docs%5Cdeep%5Cx.txt', undefined],
  ['/..%2Foutside.txt', undefined],
  ['/%', undefined],
  [`/${'a'.repeat(5000)}`, undefined],
  ['/.env', undefined],
  ['/.git/config', undefined],
  ['/deep/.hidden/x.txt', undefined],
  ['/.well-known/security.txt', '.well-known/security.txt'],
  ['/.well-known/.hidden', undefined],
  ['/_headers', undefined],
  ['/_redirects', undefined],
  ['/_routes.json', undefined],
  ['/_worker.js', undefined],
  ['/blog/_headers', 'blog/_headers'],
  ['/fn.config.json', undefined],
  ['/docs/fn.env.json', undefined],
  ['/node_modules/x/index.js', undefined],
  ['/lib/node_modules/y.js', undefined],
  ['/handlers/get.js', undefined],
  ['/out.txt', undefined],
  ['/out/file.txt', undefined],
  ['/sibling/key.txt', undefined],
  ['/dangling', undefined],
  ['/loop', undefined],
  ['/env.txt', undefined],
  ['/handler.txt', undefined],
  ['/latest/x.txt', 'docs/deep/x.txt'],
  ['/shortcut/secret.txt', undefined]
]

const parent = realpathSync(mkdtempSync(join(tmpdir(), 'treeway-lookup-')))
const root = join(parent, 'public')
let finder: FileFinder

beforeAll(() => {
  for (const file of files) writeFile(join(root, file))
  writeFile(join(parent, 'outside.txt'))
  writeFile(join(parent, 'public-secret/key.txt'))
  for (const [link, target] of Object.entries(links)) symlinkSync(target, join(root, link))
  finder = createFileFinder({
    root,
    exclude: (path) => path.startsWith(join(root, 'handlers')),
    mayAlias: (from, to) => !to.startsWith('/gate/') || from.startsWith('/gate/')
  })
})

afterAll(() => rmSync(parent, { recursive: true, force: true }))

const links = {
  'out.txt': '../outside.txt',
  out: parent,
  sibling: '../public-secret',
  dangling: 'nowhere',
  loop: 'loop',
  'env.txt': '.env',
  'handler.txt': 'handlers/get.js',
  latest: 'docs/deep',
  shortcut: 'gate'
}

describe('lookupPath', () => {
  it.each(lookups)('%s: %s', (path, expected) => {
    expect(describePath(path)).toBe(expected)
  })

  it('never redirects in a circle', () => {
    for (const [path] of lookups) {
      let target = lookupPath(path, finder)
      for (let hops = 0; target?.kind === 'redirect'; hops++) {
        expect(hops).toBeLessThan(3)
        target = lookupPath(target.path, finder)
        expect(target).toBeDefined()
      }
    }
  })
})

describe('lookupRewrite', () => {
  it.each([
    ['/about?x=1#y', 'about.html'],
    ['/about.html', 'about.html'],
    ['/docs', 'docs/index.html'],
    ['/x/../.env', undefined],
    ['/../../outside.txt', undefined]
  ])('%s: %s', (location, expected) => {
    const target = lookupRewrite(location, finder)
    expect(target?.kind === 'file' ? relative(root, target.file.realPath) : undefined).toBe(expected)
  })
})

describe('findNearest404', () => {
  it.each([
    ['/none', '404.html'],
    ['/docs/none', 'docs/404.html'],
    ['/docs/deep/none/none', 'docs/404.html'],
    ['/docs/', 'docs/404.html'],
    ['/docs', '404.html'],
    ['/docs/..%2Fx', 'docs/404.html'],
    [`${'/a'.repeat(8000)}`, '404.html']
  ])('%.20s: %s', (path, expected) => {
    const found = findNearest404(path, finder)
    expect(found && relative(root, found.realPath)).toBe(expected)
  })
})

function describePath(path: string): string | undefined {
  const target = lookupPath(path, finder)
  if (target === undefined) return undefined
  return target.kind === 'redirect' ? `-> ${target.path}` : relative(root, target.file.realPath)
}

function writeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, path)
}
