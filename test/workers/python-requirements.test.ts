import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/index.ts'
import { python } from '../../src/languages/python/python.ts'
import { hasTool, openProject, readText, type RuntimeProject } from './runtime-project.ts'

/** Writes tinypkg 1.0 and 2.0 as wheels, so that nothing is asked of a registry. */
const MAKE_WHEELS = `
import sys, zipfile
for version in ('1.0', '2.0'):
    info = f'tinypkg-{version}.dist-info'
    with zipfile.ZipFile(f'{sys.argv[1]}/tinypkg-{version}-py3-none-any.whl', 'w') as wheel:
        wheel.writestr('tinypkg.py', f'VERSION = "{version}"\\n')
        wheel.writestr(f'{info}/METADATA', f'Metadata-Version: 2.1\\nName: tinypkg\\nVersion: {version}\\n')
        wheel.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
        wheel.writestr(f'{info}/RECORD', f'tinypkg.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n')
`
const HANDLER = 'import os, tinypkg\ndef handler(event):\n    return [tinypkg.VERSION, os.getpid()]\n'

const hasVenv = hasTool('python3', ['-m', 'venv', '--help'])

describe.skipIf(!hasVenv)("a Python function's requirements.txt", { timeout: 120_000 }, () => {
  const wheels = mkdtempSync(join(tmpdir(), 'treeway-wheels-'))
  const list = (version: string): string =>
    `# ours\n--no-index\n--find-links ${wheels}\ntinypkg==${version}  # pinned\n`
  let project: RuntimeProject

  beforeAll(() => {
    execFileSync('python3', ['-c', MAKE_WHEELS, wheels])
  })
  afterEach(async () => await project.close())
  afterAll(() => rmSync(wheels, { recursive: true }))

  const run = async (name: string): Promise<[string, number]> =>
    JSON.parse(await readText(await project.invoke(name))) as [string, number]

  it('is installed once for all who share it, and two versions of a package live side by side', async () => {
    project = await openProject(python, {
      'requirements.txt': list('1.0'),
      'a/x.py': HANDLER,
      // what is installed comes before what lies in folders above
      'tinypkg.py': 'VERSION = "a route"\ndef handler(event):\n    return VERSION\n',
      'b/requirements.txt': list('2.0'),
      'b/x.py': HANDLER,
      'c/requirements.txt': list('1.0'),
      'c/x.py': HANDLER,
      'd/requirements.txt': '# nothing\n',
      'd/x.py': 'def handler(event):\n    return 1\n'
    })
    expect(project.problems).toEqual([])
    const [a, b, c] = [await run('a/x.py'), await run('b/x.py'), await run('c/x.py')]
    expect([a[0], b[0], c[0]]).toEqual(['1.0', '2.0', '1.0'])
    expect(c[1]).toBe(a[1])
    expect(b[1]).not.toBe(a[1])
    expect(project.progress.filter((line) => line.includes('installing'))).toHaveLength(2)
    const made = readdirSync(project.dir, { recursive: true }).map(String)
    expect(made.filter((name) => !name.startsWith('.treeway') && name.includes('tinypkg'))).toEqual([
      'tinypkg.py'
    ])
  })

  it('is installed again when it changes, and the new one answers', async () => {
    project = await openProject(python, { 'requirements.txt': list('1.0'), 'x.py': HANDLER })
    expect((await run('x.py'))[0]).toBe('1.0')
    const problems = await project.runtime.reload([project.write('requirements.txt', list('2.0'))])
    expect(problems).toEqual([])
    expect((await run('x.py'))[0]).toBe('2.0')
  })

  it("that can not be installed is a problem of its own functions, with the tool's words, and stops no other", async () => {
    project = await openProject(python, {
      'bad/requirements.txt': list('9.9'),
      'bad/x.py': HANDLER,
      'good.py': 'def handler(event):\n    return "good"\n'
    })
    expect(project.problems).toMatchObject([{ code: 'TREEWAY_INSTALL_FAILED', file: 'bad/x.py' }])
    expect(project.problems[0]?.frame).toMatch(/tinypkg==9\.9/)
    await expect(project.invoke('bad/x.py')).rejects.toMatchObject({ code: 'TREEWAY_INSTALL_FAILED' })
    expect(await readText(await project.invoke('good.py'))).toBe('good')
    await project.runtime.reload([project.write('bad/requirements.txt', list('1.0'))])
    expect((await run('bad/x.py'))[0]).toBe('1.0')
  })

  it('is not installed with --frozen', async () => {
    const files = { 'requirements.txt': list('1.0'), 'x.py': HANDLER }
    project = await openProject(python, files, { runtime: { isFrozen: true } })
    expect(project.problems).toMatchObject([{ code: 'TREEWAY_INSTALL_FROZEN', file: 'x.py' }])
    expect(project.progress).toEqual([])
    const app = await createApp({ dir: project.dir, problems: 'serve', config: { frozen: true } })
    const { statusCode, body } = await app.inject('/x')
    expect([statusCode, body]).toEqual([500, expect.stringContaining('TREEWAY_INSTALL_FROZEN')])
    await app.close()
  })
})

describe('a machine without Python', () => {
  it('gets one problem with what to do, and an error at each call', async () => {
    const files = { 'x.py': HANDLER, 'y.py': HANDLER }
    const project = await openProject(python, files, { runtime: { hostEnv: { PATH: '/nonexistent' } } })
    expect(project.problems).toMatchObject([
      { code: 'TREEWAY_LANGUAGE_MISSING', fix: expect.any(String) as string }
    ])
    await expect(project.invoke('y.py')).rejects.toMatchObject({
      code: 'TREEWAY_LANGUAGE_MISSING',
      statusCode: 501
    })
    await project.close()
  })
})
