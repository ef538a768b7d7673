import { createProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import type { Pattern } from '../routes/pattern.ts'
import type { LanguageName, Route, StyleName, TreeKind } from '../routes/route.ts'
import type { Middleware, PrivateFile } from '../routes/table.ts'
import type { DeclaredExports, SourceFile } from './convention.ts'
import { createFolderSettings } from './folder-settings.ts'
import type { FolderFiles, FolderSettings } from './folder-settings.ts'
import { pickHandlers } from './handler-exports.ts'
import type { PickedHandlers } from './handler-exports.ts'

/** One tree of a project, read but not yet understood. */
export interface TreeInput extends FolderFiles {
  readonly kind: TreeKind
  /** Folder below the project's directory, '' for the directory itself. */
  readonly dir: string
  readonly prefix: Pattern
  readonly files: readonly TreeFile[]
}

/** A file that may be a handler, plugin or middleware: one in a language that Treeway knows. */
export interface TreeFile {
  /** Below the tree's root. */
  readonly path: string
  readonly language: LanguageName
  readonly exports: DeclaredExports
}

/** Everything the collecting steps share while one tree is read. */
export interface Collector {
  readonly tree: TreeInput
  readonly settings: FolderSettings
  readonly routes: Route[]
  readonly middlewares: Middleware[]
  readonly scopes: Map<string, { pattern: Pattern; plugins: string[] }>
  readonly privateFiles: PrivateFile[]
  readonly problems: Problem[]
}

export function createCollector(tree: TreeInput): Collector {
  const settings = createFolderSettings(tree)
  return { tree, settings, routes: [], middlewares: [], scopes: new Map(), privateFiles: [], problems: [] }
}

/** A broken file keeps its route: it answers 500, and none of its neighbours is harmed. */
const BROKEN = {
  kind: 'handlers',
  style: 'reply',
  handlers: [{ exportName: 'default', methods: ['*'] }]
} as const

export function pickSourceHandlers(
  collector: Collector,
  source: SourceFile
): (PickedHandlers & { kind: 'handlers' }) | undefined {
  if (source.exports.problem) return BROKEN
  const handlerName = collector.settings.toOptions(source.folder).handler
  const picked = pickHandlers(source.exports, handlerName)
  if (picked.kind === 'handlers') return picked
  if (picked.kind === 'mixed') {
    const message = `"${source.file}" exports handlers of ${picked.styles.length} styles: ${picked.styles.join(', ')}.`
    collector.problems.push(createProblem('TREEWAY_STYLE_MIXED', message, { file: source.file }))
  } else if (collector.tree.kind === 'routes') {
    const message = `"${source.file}" exports no handler.`
    collector.problems.push(createProblem('TREEWAY_EXPORT_MISSING', message, { file: source.file }))
  } else collector.privateFiles.push({ file: source.file, reason: 'no-handler' })
  return undefined
}

export interface RouteParts extends Pick<Route, 'methods' | 'pattern' | 'exportName' | 'convention'> {
  readonly style: StyleName
  readonly folderDepth: number
  readonly declaredIn?: string
  readonly forced?: boolean
}

/** One for all: most routes have none. */
const NO_ENV = {}

export function addRoute(collector: Collector, source: SourceFile, parts: RouteParts): void {
  const own = {
    file: source.file,
    language: source.language,
    scope: '',
    functionOptions: collector.settings.toOptions(source.folder),
    env: collector.tree.envs.get(source.folder) ?? NO_ENV
  }
  // Not `{ ...parts, file, ... }`: V8 takes tens of times longer for that, and there may be 10,000.
  collector.routes.push(Object.assign(own, parts))
}

export function toProjectPath(tree: TreeInput, path: string): string {
  return [tree.dir, path].filter((part) => part !== '').join('/')
}
