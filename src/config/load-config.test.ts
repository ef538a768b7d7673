import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TreewayError } from '../errors.ts'
import type { ConfigInput, Environment } from './config.ts'
import { loadConfig } from './load-config.ts'
import type { LoadedConfig } from './load-config.ts'

let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'treeway-config-'))
})

afterEach(() => {
  rmSync(dir, { recursive: true, force: true })
})

interface Said {
  readonly file?: unknown
  readonly environment?: Environment
  readonly flags?: ConfigInput
}

/** Loads with `treeway.config.js` giving `file`. */
async function load({ file, environment, flags }: Said): Promise<LoadedConfig> {
  if (file !== undefined) writeFileSync(join(dir, 'treeway.config.js'), '')
  return await loadConfig({
    dir,
    ...(environment && { environment }),
    ...(flags && { flags }),
    loadModule: () => Promise.resolve({ default: file })
  })
}

describe('where an option comes from', () => {
  test('nothing said gives the defaults', async () => {
    const { config, problems, files } = await load({})
    expect(problems).toEqual([])
    expect(files).toEqual([])
    expect(config).toMatchObject({
      dir,
      port: 3000,
      host: '127.0.0.1',
      publicDir: 'public',
      trees: [],
      env: {}
    })
  })

  test('the file beats the default, a variable the file, a flag the variable', async () => {
    const file = { port: 1, host: 'a', publicDir: 'www' }
    const environment = { TREEWAY_PORT: '2', TREEWAY_HOST: 'b' }
    const { config, problems, files } = await load({ file, environment, flags: { port: 3 } })
    expect(problems).toEqual([])
    expect(files).toEqual(['treeway.config.js'])
    expect(config).toMatchObject({ port: 3, host: 'b', publicDir: 'www' })
  })

  test('an empty variable counts as not set', async () => {
    const { config, problems } = await load({ environment: { TREEWAY_PORT: '' } })
    expect([config.port, problems]).toEqual([3000, []])
  })

  test('lists and objects can be said in variables', async () => {
    const environment = {
      TREEWAY_TREES: '[{"dir":"api","prefix":"/api"}]',
      TREEWAY_ENV: 'A, B',
      A: '1',
      B: '2',
      C: '3'
    }
    const { config, problems } = await load({ environment })
    expect(problems).toEqual([])
    expect(config.trees).toEqual([{ dir: 'api', prefix: '/api' }])
    expect(config.env).toEqual({ A: '1', B: '2' })
  })

  test('env as an object gives its own values, and no others of the host', async () => {
    const { config } = await load({ file: { env: { A: 'mine' } }, environment: { A: 'host', B: '2' } })
    expect(config.env).toEqual({ A: 'mine' })
  })
})

describe('what is wrong with an option', () => {
  test.each<[Said, string]>([
    [
      { file: { port: 'abc' } },
      '"port" must be a whole number from 0 to 65535; received "abc" (string), in treeway.config.js.'
    ],
    [
      { environment: { TREEWAY_PORT: 'abc' } },
      '"port" must be a whole number from 0 to 65535; received "abc" (string), from TREEWAY_PORT.'
    ],
    [
      { flags: { port: 70_000 } },
      '"port" must be a whole number from 0 to 65535; received 70000 (number), from --port.'
    ],
    [
      { file: { trees: [{ dir: 1 }] } },
      '"trees[0].dir" must be a folder below the project; received 1 (number), in treeway.config.js.'
    ],
    [
      { file: { fastify: 'x' } },
      '"fastify" must be an object of Fastify server options; received "x" (string), in treeway.config.js.'
    ]
  ])('%j names option, expectation, value and source', async (said, message) => {
    const { config, problems } = await load(said)
    expect(problems).toMatchObject([{ code: 'TREEWAY_CONFIG_INVALID', severity: 'error', message }])
    expect(config).toMatchObject({ port: 3000, trees: [], fastify: {} })
  })

  test.each<[Said, string]>([
    [{ file: { prot: 1 } }, 'Did you mean "port"?'],
    [{ file: { bodylimit: 1 } }, 'Did you mean "bodyLimit"?'],
    [{ file: { trees: [{ dir: 'a', prefx: '/' }] } }, 'Did you mean "prefix"?'],
    [{ file: { logLevel: 'wran' } }, 'Did you mean "warn"?'],
    [{ environment: { TREEWAY_PROT: '1' } }, 'Did you mean "TREEWAY_PORT"?']
  ])('%j is answered with a guess', async (said, fix) => {
    const { problems } = await load(said)
    expect(problems).toMatchObject([{ fix }])
  })

  test.each(['TREEWAY_RELEASE', 'TREEWAY_BUILD_ID', 'TREEWAY_CUSTOMER', 'TREEWAY_K8S_NODE'])(
    '%s, like no option, may be somebody else’s: a warning',
    async (name) => {
      const { problems } = await load({ environment: { [name]: '1' } })
      expect(problems).toMatchObject([
        {
          code: 'TREEWAY_CONFIG_UNKNOWN',
          severity: 'warning',
          message: `"${name}" is not a known option, from the environment.`
        }
      ])
    }
  )

  test.each([
    ['TREEWAY_WORKER', 'Did you mean "TREEWAY_WORKERS"?'],
    ['TREEWAY_LOGLEVEL', 'Did you mean "TREEWAY_LOG_LEVEL"?'],
    ['TREEWAY_FASTIFY', 'Say "fastify" in treeway.config.ts: a variable can not.']
  ])('%s is refused: it was meant for us', async (name, fix) => {
    const { problems } = await load({ environment: { [name]: '1' } })
    expect(problems).toMatchObject([{ severity: 'error', fix }])
  })

  test('TREEWAY_HEALTH moves health, or takes it away', async () => {
    expect((await load({ environment: { TREEWAY_HEALTH: '/healthz' } })).config.health).toBe('/healthz')
    expect((await load({ environment: { TREEWAY_HEALTH: 'false' } })).config.health).toBe(false)
    expect((await load({ environment: { TREEWAY_HEALTH: 'healthz' } })).problems).toMatchObject([
      { code: 'TREEWAY_CONFIG_INVALID' }
    ])
  })

  test('a name like nothing known lists what is', async () => {
    const { problems } = await load({ file: { zzzzzzzz: 1 } })
    expect(problems[0]?.fix).toMatch(/^Remove it; known are port, host, /)
  })
})

describe('the configuration file', () => {
  test('treeway.config.json is read, and its problems have a line and a frame', async () => {
    writeFileSync(join(dir, 'treeway.config.json'), '{\n  "host": "::1",\n  "port": "x"\n}')
    const { config, problems } = await load({})
    expect(config.host).toBe('::1')
    expect(problems).toMatchObject([
      { file: 'treeway.config.json', line: 3, column: 11, frame: '3 |   "port": "x"\n  |           ^^^' }
    ])
  })

  test('a TypeScript file goes to the module loader, whole path', async () => {
    writeFileSync(join(dir, 'treeway.config.ts'), '')
    const asked: string[] = []
    const loadModule = (file: string): Promise<unknown> => {
      asked.push(file)
      return Promise.resolve({ default: { __esModule: true, default: { port: 5 } } })
    }
    const { config } = await loadConfig({ dir, loadModule })
    expect(asked).toEqual([join(dir, 'treeway.config.ts')])
    expect(config.port).toBe(5)
  })

  test('a file that fails to load is one problem with the error in it', async () => {
    writeFileSync(join(dir, 'treeway.config.js'), '')
    const { problems } = await loadConfig({ dir, loadModule: () => Promise.reject(new RangeError('no')) })
    expect(problems).toMatchObject([
      { code: 'TREEWAY_LOAD_FAILED', file: 'treeway.config.js', message: 'RangeError: no' }
    ])
  })

  test('a coded error of the loader keeps its code', async () => {
    writeFileSync(join(dir, 'treeway.config.js'), '')
    const { problems } = await loadConfig({
      dir,
      loadModule: () => Promise.reject(new TreewayError('TREEWAY_SYNTAX', 'bad'))
    })
    expect(problems).toMatchObject([{ code: 'TREEWAY_SYNTAX', file: 'treeway.config.js', message: 'bad' }])
  })

  test('a file without an object is a problem', async () => {
    const { problems } = await load({ file: 3 })
    expect(problems).toMatchObject([
      { message: 'treeway.config.js must give an object of options; received 3 (number).' }
    ])
  })

  test('a second file is a warning', async () => {
    writeFileSync(join(dir, 'treeway.config.json'), '{}')
    const { problems } = await load({ file: {} })
    expect(problems).toMatchObject([{ severity: 'warning', file: 'treeway.config.json' }])
  })
})
