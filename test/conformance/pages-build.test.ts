import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { createApp, readTable } from '../../src/app.ts'
import { createRoutesRules } from '../../src/assets/routes-rules.ts'
import { buildProject } from '../../src/build/build-project.ts'
import { createConfig } from '../../src/config/config.ts'
import type { Segment } from '../../src/routes/pattern.ts'
import type { RouteTable } from '../../src/routes/table.ts'
import type { Case } from './case.ts'
import { registerCases } from './register-cases.ts'
import { writeFiles } from './run-case.ts'

interface BuildExpectation {
  readonly fails?: boolean
  readonly routes?: readonly (readonly [string, string])[]
  readonly include?: readonly string[]
  readonly includeCount?: number
}

/** The file and the cause that our message must name, in our words, where the case has Pages' own. */
const OUR_WORDS: Readonly<Record<string, readonly string[]>> = {
  'Next.js style [...rest] is rejected': ['functions/[...rest].js', '"[...rest]"', 'Pages has no such form'],
  'Next.js style [[...rest]] is rejected': [
    'functions/[[...rest]].js',
    '"[[...rest]]"',
    'Pages has no such form'
  ],
  'invalid parameter in a directory name': ['functions/[a.b]/x.js', '"[a.b]"'],
  'syntax error in a helper without handlers still fails the build': ['functions/helper.ts'],
  'unresolvable import': ['functions/a.js', './nope.js'],
  'colon in a file name': ['functions/a:b.js', 'A colon can not stand in this file name'],
  'star in a file name': ['functions/a*.js', '"*" can not stand in a URL path'],
  'custom _routes.json: not JSON': ['public/_routes.json', 'Could not validate'],
  'custom _routes.json: wrong version': ['public/_routes.json', 'version'],
  'custom _routes.json: no include': ['public/_routes.json', 'include'],
  'custom _routes.json: too many rules': ['public/_routes.json', '100'],
  'custom _routes.json: overlapping include': ['public/_routes.json', '/api/foo'],
  'custom _routes.json: overlapping exclude': ['public/_routes.json', '/b/c'],
  "custom _routes.json: '/*' overlaps every other include": ['public/_routes.json', '/a'],
  'dev: invalid parameter stops the server': ['functions/[a-b].js', '"[a-b]"'],
  'no handlers at all': ['functions']
}

await registerCases({ file: 'pages-build', run: runBuildCase })

/** What `treeway build` makes of the tree; cases that begin with `dev:` are about serving it. */
async function runBuildCase(one: Case): Promise<string[]> {
  const dir = await mkdtemp(join(tmpdir(), 'treeway-build-case-'))
  try {
    await writeFiles(dir, one)
    const wanted = one.expect as BuildExpectation
    const refusal = await refuse(() => (one.name.startsWith('dev:') ? serve(dir) : build(dir)))
    const { table } = await readTable({ dir })
    return [
      ...judgeRefusal(one.name, wanted, refusal),
      ...judgeRoutes(wanted, table),
      ...judgeRules(wanted, table)
    ]
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** The message that the tree is refused with; undefined when it is not. */
async function refuse(run: () => Promise<void>): Promise<string | undefined> {
  try {
    await run()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function serve(dir: string): Promise<void> {
  const app = await createApp({ dir, problems: 'refuse' })
  await app.close()
}

async function build(dir: string): Promise<void> {
  await buildProject({ config: createConfig(dir), outDir: join(dir, '.treeway/build') })
}

function judgeRefusal(
  name: string,
  { fails = false }: BuildExpectation,
  refusal: string | undefined
): string[] {
  if (!fails) return refusal === undefined ? [] : [`it was refused: ${refusal}`]
  if (refusal === undefined) return ['it was not refused']
  const words = OUR_WORDS[name]
  if (!words) return [`the test lists no words of ours for ${name}`]
  return words
    .filter((text) => !refusal.includes(text))
    .map((text) => `the refusal lacks ${text}: ${refusal}`)
}

/** As a set: which of two routes is asked first is decided elsewhere (pages.json, `precedence`). */
function judgeRoutes({ routes }: BuildExpectation, table: RouteTable): string[] {
  if (!routes) return []
  const found = table.routes.flatMap((route) =>
    route.methods.map(
      (method) => `${method === '*' ? '' : method} /${route.pattern.map(toPagesSegment).join('/')}`
    )
  )
  const wanted = routes.map(([method, url]) => `${method} ${url}`)
  return isDeepStrictEqual(found.toSorted(), wanted.toSorted())
    ? []
    : [`routes ${found.join()}, want ${wanted.join()}`]
}

function toPagesSegment(segment: Segment): string {
  if (segment.kind === 'text') return segment.text
  if (segment.kind === 'mixed') {
    return segment.parts.map((part) => (part.kind === 'text' ? part.text : `:${part.name}`)).join('')
  }
  return segment.kind === 'param' ? `:${segment.name}` : `:${segment.name}*`
}

function judgeRules({ include, includeCount }: BuildExpectation, table: RouteTable): string[] {
  if (!include && includeCount === undefined) return []
  const rules = createRoutesRules([
    ...table.routes.map(({ pattern }) => ({ pattern, hasMiddleware: false })),
    ...table.middlewares.map(({ pattern }) => ({ pattern, hasMiddleware: true }))
  ])
  if (includeCount !== undefined && rules.include.length !== includeCount)
    return [`${rules.include.length} rules`]
  if (include && !isDeepStrictEqual(rules.include.toSorted(), include.toSorted()))
    return [`include ${rules.include.join()}`]
  return []
}
