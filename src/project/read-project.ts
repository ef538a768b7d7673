import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { collectRoutes } from '../conventions/collect-routes.ts'
import type { TreeFile, TreeInput } from '../conventions/collector.ts'
import type { DeclaredExports } from '../conventions/convention.ts'
import type { Config } from '../config/config.ts'
import { parseFunctionConfig, parseFunctionEnv } from '../config/function-config.ts'
import type { FunctionAssets, FunctionConfig } from '../config/to-function-config.ts'
import { createProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { readLayout } from '../files/read-layout.ts'
import type { Layout, TreeFolder } from '../files/read-layout.ts'
import { readTree } from '../files/read-tree.ts'
import type { FileTree } from '../files/read-tree.ts'
import { createExportCache } from '../languages/javascript/export-cache.ts'
import type { ExportCache } from '../languages/javascript/export-cache.ts'
import { readExports } from '../languages/javascript/read-exports.ts'
import { readDeclarations, toLanguage } from '../languages/read-declarations.ts'
import { isPathSpecifier, resolveRelative } from '../languages/javascript/resolve-file.ts'
import { buildTable } from '../routes/build-table.ts'
import { toPrefix } from '../routes/parse-route-pattern.ts'
import type { Pattern } from '../routes/pattern.ts'
import type { LanguageName } from '../routes/route.ts'
import type { RouteTable } from '../routes/table.ts'
import type { ReadingExports } from './kept-exports.ts'
import type { KeptParts } from './kept-parts.ts'

/** What a project's directory says, before any of its code runs. */
export interface ReadProject {
  readonly table: RouteTable
  readonly problems: readonly Problem[]
  /** `assets` of the root's fn.config.json. */
  readonly assets: FunctionAssets | undefined
  /** What each file in a language of ours says it exports, by path below the project's directory. */
  readonly exports: ReadonlyMap<string, DeclaredExports>
}

export interface ReadOptions {
  /** Stands in front of every URL. Default: nothing. */
  readonly prefix?: Pattern
  /** What takes long to find out is kept in the project's state folder. Default false: nothing is written. */
  readonly keepsCaches?: boolean
  /** What was read before. Default: all is read. */
  readonly kept?: Pick<KeptParts, 'folders' | 'exports'> | undefined
}

/**
 * Reads the trees of a project: files, their exports, their fn.config.json. Never throws for what a tree holds.
 */
export async function readProject(config: Config, options: ReadOptions = {}): Promise<ReadProject> {
  const cache = options.keepsCaches ? createExportCache(join(config.dir, config.stateDir)) : undefined
  const read = await readTrees(config, options, cache)
  await cache?.settle()
  return read
}

async function readTrees(
  config: Config,
  { prefix = [], kept }: ReadOptions,
  cache: ExportCache | undefined
): Promise<ReadProject> {
  const layout = await readLayout(config.dir, config.trees.length > 0 ? config.trees : undefined)
  const trees = await Promise.all(
    layout.trees.map((folder) => readOneTree({ config, folder, prefix, cache, kept }))
  )
  const boots = await Promise.all(layout.bootDirs.map((dir) => readBoot(config, dir)))
  const collected = trees.map((tree) => collectRoutes(tree.input))
  const { table, problems } = buildTable({
    routes: collected.flatMap((tree) => tree.routes),
    middlewares: collected.flatMap((tree) => tree.middlewares),
    scopes: collected.flatMap((tree) => tree.scopes),
    privateFiles: collected.flatMap((tree) => tree.privateFiles),
    boot: boots.flat()
  })
  const found = [
    ...trees.flatMap((tree) => tree.problems),
    ...collected.flatMap((tree) => tree.problems),
    ...problems
  ]
  const files = trees.flatMap(({ input }) =>
    input.files.map((file) => [toName(input.dir, file.path), file.exports] as const)
  )
  return {
    table,
    problems: [...found, ...listEmptyProblem(table, found, layout)],
    assets: trees[0]?.rootConfig?.assets,
    exports: new Map(files)
  }
}

interface OneTree {
  readonly input: TreeInput
  readonly problems: readonly Problem[]
  readonly rootConfig: FunctionConfig | undefined
}

interface TreeSource {
  readonly config: Config
  readonly folder: TreeFolder
  readonly prefix: Pattern
  readonly cache: ExportCache | undefined
  readonly kept: ReadOptions['kept']
}

async function readOneTree({ config, folder, prefix, cache, kept }: TreeSource): Promise<OneTree> {
  const dir = join(config.dir, folder.dir)
  const root = await readFunctionConfig(dir, 'fn.config.json', folder.dir)
  const tree = await readTree(dir, {
    prefix: folder.dir,
    folders: kept?.folders,
    ...(root?.value?.ignoreDirs ? { ignoreDirs: root.value.ignoreDirs } : {}),
    ignorePaths: folder.dir === '' ? listNonTreePaths(config, root?.value) : []
  })
  const configs = await readConfigs(tree, folder.dir)
  const files = await Promise.all(
    tree.files.map((path) => readTreeFile({ config, treeDir: folder.dir, path, cache, kept }, configs))
  )
  const input: TreeInput = {
    kind: folder.kind,
    dir: folder.dir,
    prefix: [...prefix, ...toPrefix(folder.prefix)],
    files: files.filter((file) => file !== undefined),
    configs: configs.configs,
    envs: configs.envs
  }
  return { input, problems: [...tree.problems, ...configs.problems], rootConfig: root?.value }
}

/** With the project's directory as the tree, these parts of it are something else. */
function listNonTreePaths(config: Config, root: FunctionConfig | undefined): string[] {
  const configFiles = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json'].map((ext) => `treeway.config.${ext}`)
  const toolFiles = [
    'vitest.config.ts',
    'vitest.config.js',
    'vite.config.ts',
    'vite.config.js',
    'eslint.config.js',
    'eslint.config.mjs'
  ]
  return [
    'boot',
    config.publicDir,
    root?.assets?.directory ?? '',
    config.stateDir,
    ...configFiles,
    ...toolFiles
  ].filter(Boolean)
}

interface TreeConfigs {
  readonly configs: Map<string, FunctionConfig>
  readonly envs: Map<string, Readonly<Record<string, string>>>
  readonly problems: Problem[]
}

async function readConfigs(tree: FileTree, treeDir: string): Promise<TreeConfigs> {
  const found: TreeConfigs = { configs: new Map(), envs: new Map(), problems: [] }
  await Promise.all(
    tree.files.map(async (path) => {
      const folder = toFolder(path)
      if (path === 'fn.config.json' || path.endsWith('/fn.config.json')) {
        const parsed = await readFunctionConfig(tree.dir, path, treeDir)
        if (parsed?.value) found.configs.set(folder, parsed.value)
        found.problems.push(...(parsed?.problems ?? []))
      } else if (path === 'fn.env.json' || path.endsWith('/fn.env.json')) {
        const parsed = await readFunctionEnv(tree.dir, path, treeDir)
        if (parsed.value) found.envs.set(folder, parsed.value)
        found.problems.push(...parsed.problems)
      }
    })
  )
  return found
}

async function readFunctionConfig(
  dir: string,
  path: string,
  treeDir: string
): Promise<ReturnType<typeof parseFunctionConfig> | undefined> {
  try {
    return parseFunctionConfig(await readFile(join(dir, path), 'utf8'), toName(treeDir, path))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    return { problems: [toUnreadableProblem(toName(treeDir, path), error)] }
  }
}

async function readFunctionEnv(
  dir: string,
  path: string,
  treeDir: string
): Promise<ReturnType<typeof parseFunctionEnv>> {
  try {
    return parseFunctionEnv(await readFile(join(dir, path), 'utf8'), toName(treeDir, path))
  } catch (error) {
    return { secrets: [], problems: [toUnreadableProblem(toName(treeDir, path), error)] }
  }
}

interface TreePlace {
  readonly config: Config
  /** The tree's folder below the project's directory. */
  readonly treeDir: string
  readonly path: string
  readonly cache: ExportCache | undefined
  readonly kept: ReadOptions['kept']
}

async function readTreeFile(place: TreePlace, { configs }: TreeConfigs): Promise<TreeFile | undefined> {
  const { config, treeDir, path, kept } = place
  const language = toLanguage(path)
  if (language === undefined) return undefined
  const file = join(config.dir, treeDir, path)
  const handler = configs.get(toFolder(path))?.invoke?.handler
  const known = kept?.exports.find(file, handler ?? '')
  if (known) return { path, language, exports: known }
  const reading = kept?.exports.start(file, handler ?? '')
  try {
    const exports = await readDeclaredExports(place, { file, language, handler, reading })
    reading?.keep(exports)
    return { path, language, exports }
  } catch (error) {
    return { path, language, exports: toUnreadable(toName(treeDir, path), error) }
  }
}

interface DeclaredFile {
  readonly file: string
  readonly language: LanguageName
  readonly handler: string | undefined
  readonly reading: ReadingExports | undefined
}

async function readDeclaredExports(
  { config: { dir }, cache }: TreePlace,
  { file, language, handler, reading }: DeclaredFile
): Promise<DeclaredExports> {
  const source = await readFile(file, 'utf8')
  if (language !== 'javascript')
    return { names: readDeclarations(language, source, handler), default: 'none' }
  function resolve(specifier: string, importer: string): string | undefined {
    const found = isPathSpecifier(specifier) ? resolveRelative(specifier, importer) : undefined
    reading?.follow(found)
    return found
  }
  return await readExports({ file, source, dir, resolve, ...(cache ? { cache } : {}) })
}

function toUnreadable(file: string, error: unknown): DeclaredExports {
  return { names: [], default: 'none', problem: toUnreadableProblem(file, error) }
}

function toUnreadableProblem(file: string, error: unknown): Problem {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return createProblem('TREEWAY_TREE_UNREADABLE', `It can not be read (${reason}).`, { file })
}

function toFolder(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
}

async function readBoot(config: Config, dir: string): Promise<string[]> {
  const tree = await readTree(join(config.dir, dir), { prefix: dir })
  return tree.files
    .filter(
      (path) =>
        toLanguage(path) === 'javascript' &&
        !path.includes('/') &&
        !/^_|\.d\.[cm]?ts$|\.(test|spec)\./.test(path)
    )
    .map((path) => `${dir}/${path}`)
}

function listEmptyProblem(table: RouteTable, problems: readonly Problem[], { trees }: Layout): Problem[] {
  const { routes, middlewares, conflicts, scopes, boot } = table
  const hasMore = [routes, middlewares, conflicts, scopes, boot].some((list) => list.length > 0)
  if (hasMore || problems.some((problem) => problem.severity === 'error')) return []
  const names = trees.map(({ dir }) => (dir === '' ? 'the project' : `${dir}/`))
  const message = `No file of ${names.join(' or ')} exports a handler.`
  return [createProblem('TREEWAY_TREE_EMPTY', message, { severity: 'warning' })]
}

function toName(treeDir: string, path: string): string {
  return treeDir === '' ? path : `${treeDir}/${path}`
}
