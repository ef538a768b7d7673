import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readLayout } from './read-layout.ts'
import { readTree } from './read-tree.ts'

/** A folder of empty files; `a -> b` is a link. */
function createFolder(...entries: readonly string[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'treeway-files-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  for (const entry of entries) {
    const [path = '', target] = entry.split(' -> ')
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    if (target !== undefined) symlinkSync(target, join(dir, path))
    else if (path.endsWith('/')) mkdirSync(join(dir, path))
    else writeFileSync(join(dir, path), '')
  }
  return dir
}

describe('the files of a tree', () => {
  it('are listed in code-unit order, with forward slashes', async () => {
    const dir = createFolder('b.js', 'a/z.js', 'a/[id].js', 'B.js', 'a/é.py', 'data.json')
    const { files, problems } = await readTree(dir)
    expect(files).toEqual(['B.js', 'a/[id].js', 'a/z.js', 'a/é.py', 'b.js', 'data.json'])
    expect(problems).toEqual([])
  })

  it('leave out what is never one', async () => {
    const dir = createFolder(
      ...[
        'a.js',
        '.hidden.js',
        '.git/x.js',
        'node_modules/m/index.js',
        'x/node_modules/y.js',
        '__pycache__/a.pyc'
      ],
      ...['vendor/autoload.php', 'vendor/lib.php', 'target/CACHEDIR.TAG', 'target/x.rs']
    )
    expect((await readTree(dir)).files).toEqual(['a.js'])
  })

  it('have a folder called vendor or target where it is an ordinary one', async () => {
    const dir = createFolder('vendor/list.js', 'target/get.js')
    expect((await readTree(dir)).files).toEqual(['target/get.js', 'vendor/list.js'])
  })

  it('leave out the folders and paths that are named', async () => {
    const dir = createFolder('a.js', 'lib/a.js', 'x/lib/b.js', 'public/c.js', 'x/public/d.js')
    const { files } = await readTree(dir, { ignoreDirs: ['lib'], ignorePaths: ['public'] })
    expect(files).toEqual(['a.js', 'x/public/d.js'])
  })
})

describe('links in a tree', () => {
  it('are followed, to files and to folders', async () => {
    const dir = createFolder('real/a.js', 'linked -> real', 'one.js -> real/a.js')
    expect((await readTree(dir)).files).toEqual(['linked/a.js', 'one.js', 'real/a.js'])
  })

  it.each([
    ['to its own folder', ['a/b.js', 'a/loop -> .'], 'a/loop'],
    ['to the folder above', ['a/b.js', 'a/up -> ..'], 'a/up'],
    ['to the root of the disk', ['a/b.js', 'a/all -> /'], 'a/all'],
    ['to each other', ['a/x.js', 'b/y.js', 'a/to-b -> ../b', 'b/to-a -> ../a'], undefined]
  ])('that lead back, %s, are a problem and end there', async (_what, entries, file) => {
    const { files, problems } = await readTree(createFolder(...entries), { prefix: 'functions' })
    expect(files.length).toBeGreaterThan(0)
    expect(problems.every(({ code }) => code === 'TREEWAY_TREE_LOOP')).toBe(true)
    expect(problems.length).toBeGreaterThan(0)
    if (file !== undefined) expect(problems[0]?.file).toBe(`functions/${file}`)
  })

  it.each([
    ['nowhere', 'gone.js -> nowhere.js', 'ENOENT'],
    ['to itself', 'gone.js -> gone.js', 'ELOOP']
  ])('that lead %s are a problem that says so', async (_what, entry, reason) => {
    const { problems } = await readTree(createFolder('a.js', entry))
    expect(problems).toMatchObject([
      { code: 'TREEWAY_TREE_UNREADABLE', severity: 'warning', file: 'gone.js' }
    ])
    expect(problems[0]?.message).toContain(reason)
  })

  it('to what is neither file nor folder are left out', async () => {
    const { files } = await readTree(createFolder('a.js', 'zero.js -> /dev/zero'))
    expect(files).toEqual(['a.js'])
  })
})

describe('a folder that can not be read', () => {
  it('is a problem, not an exception', async () => {
    const { files, problems } = await readTree(join(createFolder(), 'gone'), { prefix: 'functions' })
    expect(files).toEqual([])
    expect(problems).toMatchObject([{ code: 'TREEWAY_TREE_UNREADABLE', file: 'functions' }])
  })
})

describe('what a project holds', () => {
  it.each([
    ['functions/', ['functions/a.js'], [{ dir: 'functions', kind: 'functions', prefix: '' }], []],
    [
      'routes/ and boot/',
      ['routes/GET.js', 'boot/a.js'],
      [{ dir: 'routes', kind: 'routes', prefix: '' }],
      ['boot']
    ],
    [
      'api/routes',
      ['api/routes/GET.js', 'api/boot/x.js'],
      [{ dir: 'api/routes', kind: 'routes', prefix: '' }],
      ['api/boot']
    ],
    ['neither', ['a.js'], [{ dir: '', kind: 'functions', prefix: '' }], []],
    ['a file called functions', ['functions'], [{ dir: '', kind: 'functions', prefix: '' }], []]
  ])('%s', async (_what, entries, trees, bootDirs) => {
    expect(await readLayout(createFolder(...entries))).toEqual({ trees, bootDirs })
  })

  it('both kinds of tree, side by side', async () => {
    const { trees } = await readLayout(createFolder('functions/a.js', 'routes/GET.js'))
    expect(trees.map((tree) => tree.dir)).toEqual(['functions', 'routes'])
  })

  it('what the configuration names instead', async () => {
    const given = [{ dir: './src/api/', prefix: '/v1/' }, { dir: 'x/routes' }]
    expect((await readLayout(createFolder('functions/a.js'), given)).trees).toEqual([
      { dir: 'src/api', kind: 'functions', prefix: '/v1' },
      { dir: 'x/routes', kind: 'routes', prefix: '' }
    ])
  })
})
