/**
 * Writes .oxlintrc.json: `node .ci/lint-config.mjs`. An override of oxlint replaces the list of its folder, so each of
 * them must be complete; here the rows and the owners are said once. A test compares the file with what this makes.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Imports go only down, and folders in one row do not know each other. `app` and `entries` are files of src/ itself. */
export const rows = [
  ['cli', 'entries'],
  ['dev', 'start', 'build'],
  ['app'],
  ['project'],
  ['server'],
  ['languages', 'assets', 'openapi', 'metrics', 'types'],
  ['conventions', 'handlers', 'compat', 'files'],
  ['routes', 'config']
]

export const entries = ['index', 'client', 'plugin', 'fastify', 'testing']

/** Who may do what with the world outside: import a module, or use a property of `process`. */
export const owners = {
  childProcesses: {
    folders: ['languages', 'start', 'build'],
    message: 'Child processes belong to languages/, start/ and build/.'
  },
  watching: { folders: ['files'], message: 'Folders are watched by files/ only.' },
  reading: {
    folders: ['files', 'languages', 'cli', 'build'],
    message: 'Folders of the tree are read by files/ only.'
  },
  fastify: {
    folders: ['compat', 'src/fastify.ts'],
    message: 'Fastify instances are made in compat/; elsewhere import types only.'
  },
  env: { folders: ['config'], properties: ['env'], message: 'process.env belongs to config/.' },
  terminal: {
    folders: ['cli'],
    properties: ['exit', 'exitCode', 'abort', 'stdout', 'stderr', 'stdin', 'argv'],
    message: 'The terminal and exit codes belong to cli/.'
  },
  signals: {
    folders: ['dev', 'start'],
    properties: ['on', 'once', 'addListener', 'prependListener'],
    message: 'Signals and uncaught errors belong to dev/ and start/.'
  }
}

const DOWNWARDS = 'Imports go only down the rows of CONTRIBUTING.md, never sideways or up.'
const PROCESS = 'Use the global process, so that lint can see what of it is used.'

const base = {
  'max-lines': ['error', { max: 300 }],
  'max-lines-per-function': ['error', { max: 60 }],
  'max-params': ['error', { max: 3 }],
  'max-depth': ['error', { max: 3 }],
  'no-console': 'error',
  'unicorn/no-process-exit': 'error',
  'unicorn/filename-case': ['error', { case: 'kebabCase' }],
  'unicorn/prefer-node-protocol': 'error',
  'import/no-cycle': 'error',
  'import/no-self-import': 'error',
  'import/no-default-export': 'error',
  'import/no-duplicates': 'error',
  'import/first': 'error',
  'typescript/no-explicit-any': 'error',
  'typescript/no-non-null-assertion': 'error',
  'typescript/ban-ts-comment': 'error',
  'typescript/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
  'typescript/no-require-imports': 'error',
  eqeqeq: 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'no-debugger': 'error',
  'no-eval': 'error',
  'no-new-func': 'error',
  'no-throw-literal': 'error',
  'no-empty': 'error',
  'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
  'no-unreachable': 'error',
  'no-fallthrough': 'error',
  'no-dupe-keys': 'error',
  'no-self-assign': 'error',
  'no-unsafe-finally': 'error',
  'no-useless-catch': 'error',
  'no-async-promise-executor': 'error',
  'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
  'vitest/no-focused-tests': 'error',
  'vitest/no-identical-title': 'error'
}

/** Where a rule of `base` does not hold, and why. */
const exceptions = [
  // A command line talks; tests, benchmarks and examples are programs of their own.
  {
    files: ['src/cli/**', 'test/**', 'bench/**', 'examples/**', 'bin/**', '.ci/**'],
    rules: { 'no-console': 'off' }
  },
  { files: ['test/**', 'bench/**', 'bin/**'], rules: { 'unicorn/no-process-exit': 'off' } },
  // What users import by default, what tools expect, and handlers.
  {
    files: [
      'src/fastify.ts',
      'src/plugin.ts',
      '*.config.ts',
      'test/reporter.ts',
      'examples/**',
      'templates/**',
      'bench/**'
    ],
    rules: { 'import/no-default-export': 'off' }
  },
  { files: ['examples/**', 'templates/**', 'bench/trees/**'], rules: { 'unicorn/filename-case': 'off' } },
  // What `treeway types` writes says it all: whoever needs a cast has found a fault of ours.
  {
    files: ['examples/**', 'templates/**'],
    rules: { 'typescript/consistent-type-assertions': ['error', { assertionStyle: 'never' }] }
  },
  {
    files: ['**/*.test.ts', '**/*.test-d.ts'],
    rules: { 'max-lines': ['error', { max: 600 }], 'max-lines-per-function': 'off', 'max-params': 'off' }
  },
  // A table of codes, and no more than that.
  { files: ['src/errors.ts'], rules: { 'max-lines': 'off' } },
  // Hooks of Fastify have up to five parameters.
  {
    files: ['src/compat/**', 'src/server/middleware*.ts'],
    rules: { 'max-params': ['error', { max: 5 }] }
  },
  // Node remaps the stack traces of code that came through eval, and of no other.
  { files: ['src/languages/javascript/compile-module.ts'], rules: { 'no-eval': 'off' } },
  { files: ['test/**'], rules: { 'no-new-func': 'off' } }
]

export function createLintConfig() {
  return {
    $schema: './node_modules/oxlint/configuration_schema.json',
    plugins: ['typescript', 'unicorn', 'import', 'vitest'],
    categories: Object.fromEntries(
      ['correctness', 'suspicious', 'pedantic', 'perf', 'style', 'restriction', 'nursery'].map((name) => [
        name,
        'off'
      ])
    ),
    env: { node: true, es2023: true },
    rules: base,
    overrides: [
      { files: ['src/*.ts'], rules: toRules('app', './', ['cli', 'dev', 'start', 'build']) },
      { files: ['src/fastify.ts'], rules: toRules('src/fastify.ts', './', ['cli', 'dev', 'start', 'build']) },
      {
        files: ['src/errors.ts'],
        rules: {
          'no-restricted-imports': restrict([
            { regex: '.', message: 'errors.ts is at the bottom: it imports nothing.' }
          ])
        }
      },
      ...rows.flatMap((row, i) =>
        row.filter(isFolder).map((folder) => ({
          files: [`src/${folder}/**`],
          rules: toRules(folder, '../', listForbidden(folder, i))
        }))
      ),
      ...exceptions,
      // Unit tests put things together that do not know each other, and look at the world.
      {
        files: ['src/**/*.test.ts'],
        rules: { 'no-restricted-imports': 'off', 'no-restricted-properties': 'off' }
      }
    ],
    ignorePatterns: [
      ...[
        'dist/**',
        'dist-*/**',
        'node_modules/**',
        '**/public/**',
        'workers/**',
        'bench/peers/**',
        'bench/results/**'
      ],
      ...['test/**/trees/**', 'test/**/fixtures/**', 'test/conformance/cases/**']
    ]
  }
}

function isFolder(name) {
  return name !== 'app' && name !== 'entries'
}

function listForbidden(folder, row) {
  return [...rows.slice(0, row).flat(), ...(rows[row] ?? []).filter((name) => name !== folder)]
}

function toRules(folder, up, forbidden) {
  const files = [
    ...(forbidden.includes('app') ? ['app'] : []),
    ...(forbidden.includes('entries') ? entries : [])
  ]
  const start = up === './' ? '^\\./' : '^(?:\\.\\./)+'
  const patterns = [
    { regex: `${start}(?:${forbidden.filter(isFolder).join('|')})/`, message: DOWNWARDS },
    ...(files.length > 0
      ? [
          {
            regex: `${start}(?:${files.filter((name) => name !== 'index').join('|')})\\.ts$`,
            message: DOWNWARDS
          }
        ]
      : []),
    { regex: '^(?:node:)?process$', message: PROCESS },
    ...restrictOwner(folder, 'childProcesses', { regex: '^(?:node:)?(?:child_process|cluster)$' }),
    ...restrictOwner(folder, 'watching', { regex: '^chokidar$' }),
    ...restrictOwner(folder, 'fastify', { regex: '^fastify$', allowTypeImports: true })
  ].filter((pattern) => !pattern.regex.includes('(?:)'))
  const paths = [
    ...restrictOwner(folder, 'reading', {
      name: 'node:fs',
      importNames: ['readdir', 'readdirSync', 'opendir', 'opendirSync']
    }),
    ...restrictOwner(folder, 'reading', { name: 'node:fs/promises', importNames: ['readdir', 'opendir'] })
  ]
  return {
    'no-restricted-imports': restrict(patterns, paths),
    'no-restricted-properties': ['error', ...listProperties(folder)]
  }
}

function restrict(patterns, paths = []) {
  return ['error', { patterns, ...(paths.length > 0 ? { paths } : {}) }]
}

function restrictOwner(folder, name, rule) {
  const { folders, message } = owners[name]
  return folders.includes(folder) ? [] : [{ ...rule, message }]
}

function listProperties(folder) {
  return Object.values(owners)
    .filter((owner) => !owner.folders.includes(folder))
    .flatMap(({ properties = [], message }) =>
      properties.map((property) => ({ object: 'process', property, message }))
    )
}

/** One line for whatever fits into it. */
export function toText(value, indent = 0) {
  const line = JSON.stringify(value)
  if (line.length + indent <= 110 || typeof value !== 'object') return line
  const pad = ' '.repeat(indent + 2)
  const isList = Array.isArray(value)
  const rows = Object.entries(value).map(
    ([key, item]) => `${pad}${isList ? '' : `${JSON.stringify(key)}: `}${toText(item, indent + 2)}`
  )
  return `${isList ? '[' : '{'}\n${rows.join(',\n')}\n${' '.repeat(indent)}${isList ? ']' : '}'}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../.oxlintrc.json', import.meta.url), `${toText(createLintConfig())}\n`)
}
