import { cpSync, existsSync, readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createProject, runTreeway, startTreeway } from '../cli/run-treeway.ts'
import type { Project, Running } from '../cli/run-treeway.ts'

const toPackage = (version: string): Record<string, string> => ({
  [`packages/tiny-${version}/package.json`]: JSON.stringify({ name: 'tiny', version }),
  [`packages/tiny-${version}/index.js`]: `exports.version = '${version}'\n`
})
const toList = (version: string): string =>
  JSON.stringify({ dependencies: { tiny: `file:../../packages/tiny-${version}` } })

const TREE = {
  ...toPackage('1.0.0'),
  ...toPackage('2.0.0'),
  'functions/a/get.js': "import { version } from 'tiny'\nexport default async () => version\n",
  'functions/a/package.json': toList('1.0.0'),
  'functions/good.js': "export default async () => 'good'\n"
}

let project: Project | undefined
let cli: Running | undefined

afterEach(async () => {
  await cli?.stop()
  cli = undefined
  project?.remove()
})

function create(): Project {
  project = createProject(TREE)
  return project
}

async function run(args: readonly string[], dir: string, address: RegExp): Promise<string> {
  cli = startTreeway([...args, '--port', '0'], { cwd: dir })
  return (await cli.waitFor(address))[1] ?? ''
}

async function ask(url: string): Promise<string> {
  return await (await fetch(url)).text()
}

describe("a function's package.json", { timeout: 120_000 }, () => {
  it('that is edited in dev is installed anew, and a wrong one harms no other', async () => {
    const { dir, write } = create()
    const url = await run(['dev'], dir, /Local\s+(http:\S+)/)
    const becomes = async (wanted: string): Promise<void> =>
      await expect.poll(() => ask(`${url}/a`), { timeout: 30_000, interval: 20 }).toContain(wanted)
    expect(cli?.stderr()).toMatch(/installing functions\/a\/package\.json with npm[^]*installed functions\/a/)
    expect(await ask(`${url}/a`)).toBe('1.0.0')
    write({ 'functions/a/package.json': toList('2.0.0') })
    await becomes('2.0.0')
    write({ 'functions/a/package.json': toList('9.9.9') })
    await becomes('TREEWAY_INSTALL_FAILED')
    expect(await ask(`${url}/good`)).toBe('good')
    write({ 'functions/a/package.json': toList('1.0.0') })
    await becomes('1.0.0')
    write({ 'packages/tiny-1.0.0/index.js': "exports.version = 'edited'\n" })
    await becomes('edited')
  })

  it('is installed once by the processes of start, and not by check or --frozen', async () => {
    const { dir } = create()
    const checked = await runTreeway(['check'], { cwd: dir })
    expect([checked.code, checked.stdout]).toEqual([0, expect.stringContaining('is not installed')])
    const listed = await runTreeway(['routes'], { cwd: dir })
    expect(listed.stdout).toContain('/a')
    const frozen = await runTreeway(['start', '--port', '0', '--frozen'], { cwd: dir })
    expect([frozen.code, frozen.stderr]).toEqual([1, expect.stringContaining('TREEWAY_INSTALL_FROZEN')])
    expect(existsSync(join(dir, '.treeway/npm'))).toBe(false)
    const url = await run(['start', '--workers', '2'], dir, /(http:\/\/\S+)/)
    expect(await ask(`${url}/a`)).toBe('1.0.0')
    expect(cli?.stdout().match(/installing functions\/a\/package\.json/g)).toHaveLength(1)
    expect((await runTreeway(['check'], { cwd: dir })).stdout).toContain('No problems')
  })

  it('is kept while it is used, and what was installed for an older one goes', async () => {
    const { dir } = create()
    expect((await runTreeway(['build'], { cwd: dir })).code).toBe(0)
    const [used = ''] = readdirSync(join(dir, '.treeway/npm'))
    cpSync(join(dir, '.treeway/npm', used), join(dir, '.treeway/npm/0123456789abcdef'), { recursive: true })
    for (const name of [used, '0123456789abcdef'])
      utimesSync(join(dir, '.treeway/npm', name, '.complete'), 1_000_000_000, 1_000_000_000)
    const url = await run(['dev'], dir, /Local\s+(http:\S+)/)
    await expect.poll(() => readdirSync(join(dir, '.treeway/npm')), { timeout: 20_000 }).toEqual([used])
    expect(await ask(`${url}/a`)).toBe('1.0.0')
  })

  it('is in a build, which start serves', async () => {
    const { dir } = create()
    expect((await runTreeway(['build'], { cwd: dir })).code).toBe(0)
    const url = await run(['start', '.treeway/build', '--workers', '1'], dir, /(http:\/\/\S+)/)
    expect([await ask(`${url}/a`), await ask(`${url}/good`)]).toEqual(['1.0.0', 'good'])
  })
})
