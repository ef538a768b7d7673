import { describe, expect, test } from 'vitest'
import { parseFunctionConfig, parseFunctionEnv } from './function-config.ts'

const file = 'users/fn.config.json'

describe('fn.config.json', () => {
  test('becomes typed camelCase data', () => {
    const text = JSON.stringify({
      runtime: 'node',
      name: 'my-api',
      entrypoint: 'handler.js',
      timeout_ms: 300,
      max_concurrency: 4,
      max_body_bytes: 10,
      invoke: {
        methods: ['get', 'POST'],
        route: '/a',
        routes: ['/b/*'],
        allow_hosts: ['*.x.org'],
        'force-url': true
      },
      options: { schema: { body: { type: 'object' } } }
    })
    expect(parseFunctionConfig(text, file)).toEqual({
      problems: [],
      value: {
        runtime: 'node',
        name: 'my-api',
        entrypoint: 'handler.js',
        timeoutMs: 300,
        maxConcurrency: 4,
        maxBodyBytes: 10,
        invoke: { methods: ['GET', 'POST'], routes: ['/a', '/b/*'], allowHosts: ['*.x.org'], forceUrl: true },
        options: { schema: { body: { type: 'object' } } }
      }
    })
  })

  test.each([
    ['"/welcome"', { kind: 'route', route: '/welcome' }],
    ['"https://example.com"', { kind: 'redirect', url: 'https://example.com' }],
    ['{"route":"dashboard"}', { kind: 'route', route: 'dashboard' }],
    ['{"redirect":"/welcome"}', { kind: 'redirect', url: '/welcome' }]
  ])('reads home %s', (home, expected) => {
    expect(parseFunctionConfig(`{"home":${home}}`, file).value?.home).toEqual(expected)
  })

  test.each([
    '{"zero_config":{"ignore_dirs":["build"]}}',
    '{"discovery":{"ignore_dirs":["build"]}}',
    '{"routing":{"ignore_dirs":"build"}}',
    '{"zero_config_ignore_dirs":"build"}'
  ])('reads ignored folders from %s', (text) => {
    expect(parseFunctionConfig(text, file)).toEqual({ value: { ignoreDirs: ['build'] }, problems: [] })
  })

  test('a wrong type names key, expectation and value, and the other keys still hold', () => {
    const { value, problems } = parseFunctionConfig(
      '{\n  "timeout_ms": "1s",\n  "max_concurrency": 2\n}',
      file
    )
    expect(value).toEqual({ maxConcurrency: 2 })
    expect(problems).toEqual([
      {
        code: 'TREEWAY_CONFIG_INVALID',
        severity: 'error',
        file,
        line: 2,
        column: 17,
        message: '"timeout_ms" must be a number; received "1s" (string).',
        fix: 'Correct the key shown; docs/configuration.md lists them all.',
        frame: '2 |   "timeout_ms": "1s",\n  |                 ^^^^'
      }
    ])
  })

  test('an unknown key is an error with a guess', () => {
    const { problems } = parseFunctionConfig('{"invoke":{"method":["GET"]}}', file)
    expect(problems).toMatchObject([
      { code: 'TREEWAY_CONFIG_UNKNOWN', severity: 'error', column: 12, fix: 'Did you mean "methods"?' }
    ])
  })

  test('a key that only FastFN reads is a warning', () => {
    const { problems } = parseFunctionConfig(
      '{"keep_warm":{"enabled":true},"invoke":{"adapter":"native"}}',
      file
    )
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([
      ['TREEWAY_CONFIG_IGNORED', 'warning'],
      ['TREEWAY_CONFIG_IGNORED', 'warning']
    ])
  })

  test('a method that does not exist is an error under its place in the list', () => {
    const { value, problems } = parseFunctionConfig('{"invoke":{"methods":["GET","PSOT"]}}', file)
    expect(value).toEqual({ invoke: {} })
    expect(problems).toMatchObject([{ column: 29, fix: 'Did you mean "POST"?' }])
  })

  test.each([
    ['{"a": 1,}', 1, 9, 'A comma may not stand before "}".'],
    ['{\n  // no\n}', 2, 3, 'Expected a key in double quotes, found a comment.'],
    ['{"a" 1}', 1, 6, 'Expected a colon, found "1".'],
    ['{"a": 1', 1, 8, 'Expected a comma or "}", found the end of the file.'],
    ['{"a": tru}', 1, 7, 'Expected a value, found "tru".'],
    ['', 1, 1, 'Expected a value, found the end of the file.']
  ])('invalid JSON %j is one problem with line and column', (text, line, column, message) => {
    const { value, problems } = parseFunctionConfig(text, file)
    expect(value).toBeUndefined()
    expect(problems).toMatchObject([{ code: 'TREEWAY_CONFIG_INVALID', file, line, column, message }])
  })

  test('a list at the top is refused', () => {
    const { value, problems } = parseFunctionConfig('[1]', file)
    expect(value).toBeUndefined()
    expect(problems).toMatchObject([{ message: 'The file must be an object; received [1] (list).' }])
  })
})

describe('fn.env.json', () => {
  test('gives plain and secret values as text', () => {
    const text = '{"GREETING":"hi","COUNT":3,"TOKEN":{"value":"s3","is_secret":true}}'
    expect(parseFunctionEnv(text, 'fn.env.json')).toEqual({
      value: { GREETING: 'hi', COUNT: '3', TOKEN: 's3' },
      secrets: ['TOKEN'],
      problems: []
    })
  })

  test('a wrong value is a problem that does not show it', () => {
    const { value, problems } = parseFunctionEnv('{"A":["hunter2"],"B":"b"}', 'fn.env.json')
    expect(value).toEqual({ B: 'b' })
    expect(JSON.stringify(problems)).not.toContain('hunter2')
    expect(problems).toMatchObject([{ line: 1, column: 2 }])
  })
})
