import { chmod, chown, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readTable } from '../../src/app.ts'
import { ask, refuse, serve, writeTree } from './write-tree.ts'

const hello = `exports.handler = async () => 'hello'\n`
const files = { 'functions/ok.js': hello, 'functions/closed/a.js': hello, 'functions/closed/in/b.js': hello }

/** Root reads everything: what follows runs as nobody, and the folder is given to it. */
async function becomeNobody(dir: string): Promise<boolean> {
  if (process.geteuid?.() !== 0) return true
  await chown(dir, 65534, 65534)
  await chmod(dir, 0o755)
  process.seteuid?.(65534)
  onTestFinished(() => process.seteuid?.(0))
  return process.geteuid?.() !== 0
}

describe('what may not be read', () => {
  it.each([
    ['a folder', 'functions/closed', '/closed/a'],
    ['a file', 'functions/closed/a.js', '/closed/a']
  ])('%s is a problem that names it, and dev serves the rest', async (_what, path, url) => {
    const dir = await writeTree(files)
    await chmod(join(dir, path), 0o000)
    onTestFinished(() => chmod(join(dir, path), 0o755))
    expect(await becomeNobody(dir)).toBe(true)
    expect(await refuse(dir)).toContain(path)
    const app = await serve(dir)
    expect(await ask(app, '/ok')).toBe('200 hello')
    expect(await ask(app, url)).toMatch(path.endsWith('.js') ? /^500 / : /^404 /)
    const [problem] = app.treeway.problems
    expect(problem).toMatchObject({ code: 'TREEWAY_TREE_UNREADABLE', severity: 'error', file: path })
    expect(problem?.message).toContain('EACCES')
  })

  it.each(['fn.config.json', 'fn.env.json'])(
    '%s is never passed over: it may say who is let in',
    async (name) => {
      const dir = await writeTree({ ...files, [`functions/closed/${name}`]: '{}' })
      const path = join(dir, 'functions/closed', name)
      await chmod(path, 0o000)
      expect(await becomeNobody(dir)).toBe(true)
      expect(await refuse(dir)).toContain(`functions/closed/${name}`)
    }
  )
})

describe('a folder with nothing in it', () => {
  it.each([
    ['the project', undefined],
    ['functions/', 'functions'],
    ['routes/', 'routes']
  ])('is served, with a warning: %s', async (_what, folder) => {
    const dir = await writeTree({})
    if (folder) await mkdir(join(dir, folder))
    expect(await refuse(dir)).toBeUndefined()
    const app = await serve(dir)
    expect(await ask(app, '/')).toMatch(/^404 /)
    expect(app.treeway.problems).toMatchObject([{ code: 'TREEWAY_TREE_EMPTY', severity: 'warning' }])
  })

  it('that is not there at all is a problem', async () => {
    expect(await refuse(join(await writeTree({}), 'gone'))).toContain('ENOENT')
  })
})

describe('links', () => {
  it('in a circle are named, and the rest is served', async () => {
    const dir = await writeTree(files)
    await symlink('..', join(dir, 'functions/closed/up'))
    expect(await refuse(dir)).toContain('functions/closed/up')
    const app = await serve(dir)
    expect(await ask(app, '/closed/a')).toBe('200 hello')
  })

  it('that lead nowhere are named, and the rest is served', async () => {
    const dir = await writeTree(files)
    await symlink('nowhere.js', join(dir, 'functions/gone.js'))
    expect(await refuse(dir)).toContain('functions/gone.js')
    const app = await serve(dir)
    expect(await ask(app, '/ok')).toBe('200 hello')
    expect(await ask(app, '/gone')).toMatch(/^500 /)
  })

  it('to a folder elsewhere are followed', async () => {
    const dir = await writeTree({ ...files, 'shared/a.js': hello })
    await symlink('../shared', join(dir, 'functions/linked'))
    expect(await ask(await serve(dir), '/linked/a')).toBe('200 hello')
  })
})

describe('a tree of 10,000 files', () => {
  it('is listed and served', { timeout: 120_000 }, async () => {
    const many: Record<string, string> = {}
    for (let i = 0; i < 10_000; i++)
      many[`functions/f${i % 100}/r${i}/[id].js`] = `exports.handler = (event, { id }) => '${i} ' + id\n`
    const dir = await writeTree(many)
    const started = performance.now()
    const { table, problems } = await readTable({ dir })
    const listed = performance.now()
    const app = await serve(dir)
    const served = performance.now()
    console.log(
      `10,000 files: listed in ${Math.round(listed - started)} ms, served in ${Math.round(served - listed)} ms`
    )
    expect(problems).toEqual([])
    expect(table.routes).toHaveLength(10_000)
    expect(await ask(app, '/f99/r9999/x')).toBe('200 9999 x')
    expect(await ask(app, '/f99/r9998/x')).toMatch(/^404 /)
  })
})
