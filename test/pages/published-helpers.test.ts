import { afterEach, expect, test } from 'vitest'
import { createProject, runTreeway } from '../cli/run-treeway.ts'
import type { Project } from '../cli/run-treeway.ts'

let project: Project | undefined
afterEach(() => project?.remove())

async function check(files: Record<string, string>): Promise<readonly [number | null, readonly object[]]> {
  project = createProject(files)
  const { code, stdout } = await runTreeway(['check', '--json', project.dir])
  return [code, (JSON.parse(stdout) as { problems: object[] }).problems]
}

const USER = `import connect from './utils/db.js'
export const onRequest = () => new Response(connect())`

test('a helper whose default export makes it a route is told of, and of who imports it', async () => {
  const [code, problems] = await check({
    'functions/users.js': USER,
    'functions/utils/db.js': `export default function connect() { return 'secret' }`
  })
  expect(code).toBe(0)
  expect(problems).toMatchObject([
    {
      code: 'TREEWAY_HELPER_PUBLISHED',
      severity: 'warning',
      file: 'functions/utils/db.js',
      message:
        'functions/utils/db.js is imported by functions/users.js, and its default export answers /utils/db.'
    }
  ])
})

test.each([
  [
    'no function',
    { 'functions/utils/db.js': `export const connect = () => 'db'; export default { connect }` }
  ],
  ['named as private', { 'functions/utils/_db.js': `export default () => 'db'` }],
  ['imported by nobody', { 'functions/utils/db.js': `export default () => 'db'` }]
])('a file that is %s needs no word', async (title, files) => {
  const source = title === 'named as private' ? USER.replace('db.js', '_db.js') : USER
  const user = title === 'imported by nobody' ? `export const onRequest = () => new Response('')` : source
  const [code, problems] = await check({ 'functions/users.js': user, ...files })
  expect([code, problems]).toEqual([0, []])
})
