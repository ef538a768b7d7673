import { createProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import type { Route } from '../routes/route.ts'
import type { Middleware, PrivateFile, Scope } from '../routes/table.ts'
import { addRoute, createCollector, pickSourceHandlers, toProjectPath } from './collector.ts'
import type { Collector, TreeFile, TreeInput } from './collector.ts'
import type { Convention, ParsedName, SourceFile } from './convention.ts'
import { collectDeclared, listEntryFolders } from './declared-functions.ts'
import { fastfn } from './fastfn.ts'
import { listAncestors } from './folder-settings.ts'
import { isContextExport, toMethodHandlers } from './handler-exports.ts'
import type { PickedHandlers } from './handler-exports.ts'
import { collectHomes } from './home.ts'
import { pickConvention } from './index.ts'
import { parsePath } from './parse-path.ts'
import { toPublicity } from './publicity.ts'

/** What one tree says. */
export interface CollectedTree {
  readonly routes: readonly Route[]
  readonly middlewares: readonly Middleware[]
  readonly scopes: readonly Scope[]
  readonly privateFiles: readonly PrivateFile[]
  readonly problems: readonly Problem[]
}

/** Turns the files of a tree into routes, plugins, middleware and problems. Pure: no file is read or run. */
export function collectRoutes(tree: TreeInput): CollectedTree {
  const collector = createCollector(tree)
  const sources = tree.files.flatMap((file) => sortFile(collector, file))
  const declared = collectDeclared(collector, sources)
  const entryFolders = listEntryFolders(sources, declared)
  for (const source of sources) if (!declared.has(source.file)) collectFile(collector, source, entryFolders)
  collectHomes(collector)
  return {
    routes: collector.routes,
    middlewares: collector.middlewares,
    scopes: [...collector.scopes].map(([folder, scope]) => ({ folder, folders: [folder], ...scope })),
    privateFiles: collector.privateFiles,
    problems: collector.problems
  }
}

/** Plugins, middleware and private files are put where they belong; what is left may be a route. */
function sortFile(collector: Collector, file: TreeFile): SourceFile[] {
  const source = toSourceFile(collector.tree, file)
  const publicity = toPublicity(file)
  if (publicity === 'plugin') addPlugin(collector, source)
  else if (publicity === 'middleware') addMiddleware(collector, source)
  else if (publicity === 'public') return [source]
  else collector.privateFiles.push({ file: source.file, reason: publicity })
  return []
}

function toSourceFile(tree: TreeInput, file: TreeFile): SourceFile {
  const slash = file.path.lastIndexOf('/')
  const base = file.path.slice(slash + 1)
  return {
    file: toProjectPath(tree, file.path),
    folder: slash === -1 ? '' : file.path.slice(0, slash),
    name: base.slice(0, base.lastIndexOf('.')),
    language: file.language,
    tree: tree.kind,
    exports: file.exports
  }
}

function addPlugin(collector: Collector, source: SourceFile): void {
  if (source.language !== 'javascript') {
    // It stays a plugin: what it should guard answers with the fault.
    const message = `A + plugin must be JavaScript or TypeScript; "${source.file}" is not.`
    collector.problems.push(createProblem('TREEWAY_NAME_INVALID', message, { file: source.file }))
  }
  const parsed = parsePath({
    file: source.file,
    segments: toFolders(source.folder),
    syntax: { colons: true, dots: true, namelessRest: false }
  })
  if (parsed.kind === 'problem') {
    collector.problems.push(parsed.problem)
    return
  }
  const folder = toProjectPath(collector.tree, source.folder) || '.'
  const scope = collector.scopes.get(folder) ?? {
    pattern: [...collector.tree.prefix, ...parsed.pattern],
    plugins: []
  }
  scope.plugins.push(source.file)
  collector.scopes.set(folder, scope)
}

function addMiddleware(collector: Collector, source: SourceFile): void {
  const exportNames = source.exports.names.filter(isContextExport)
  const parsed = parsePath({
    file: source.file,
    segments: toFolders(source.folder),
    syntax: { colons: false, dots: true, namelessRest: false }
  })
  if (parsed.kind === 'problem') collector.problems.push(parsed.problem)
  if (exportNames.length === 0 && !source.exports.problem) {
    const message = `"${source.file}" exports no onRequest, so it would guard nothing.`
    collector.problems.push(
      createProblem('TREEWAY_EXPORT_MISSING', message, {
        file: source.file,
        fix: 'Export onRequest from it, or rename it.'
      })
    )
  }
  if (source.exports.problem) collector.problems.push(source.exports.problem)
  if (parsed.kind === 'problem') return
  const pattern = [...collector.tree.prefix, ...parsed.pattern]
  collector.middlewares.push({
    file: source.file,
    pattern,
    exportNames: exportNames.length > 0 ? exportNames : ['onRequest']
  })
}

function collectFile(collector: Collector, source: SourceFile, entryFolders: ReadonlySet<string>): void {
  const convention = pickConvention(source)
  if (source.exports.problem) collector.problems.push(source.exports.problem)
  if (collector.tree.kind === 'routes' && convention.name !== 'gadget') {
    const message = `"${source.file}" has no HTTP verb in front of its name.`
    collector.problems.push(createProblem('TREEWAY_NAME_UNKNOWN', message, { file: source.file }))
    return
  }
  const picked = pickSourceHandlers(collector, source)
  if (!picked) return
  const name = convention.parseName(source.name)
  if (name.kind === 'error') {
    collector.problems.push(
      createProblem('TREEWAY_NAME_INVALID', name.message, { file: source.file, fix: name.fix })
    )
    return
  }
  const isPlain = convention === fastfn && !name.isExplicit
  if (isPlain && isInEntryFolder(source, entryFolders)) {
    collector.privateFiles.push({ file: source.file, reason: 'single-entry' })
    return
  }
  addNamedRoute(collector, { source, convention, name, picked })
}

/** Beside `handler.*` or `main.*`, and below, only files that say so in their name are published. */
function isInEntryFolder(source: SourceFile, entryFolders: ReadonlySet<string>): boolean {
  return listAncestors(source.folder).some((ancestor) => entryFolders.has(ancestor))
}

interface NamedRoute {
  readonly source: SourceFile
  readonly convention: Convention
  readonly name: ParsedName & { kind: 'name' }
  readonly picked: PickedHandlers & { kind: 'handlers' }
}

function addNamedRoute(collector: Collector, { source, convention, name, picked }: NamedRoute): void {
  const parsed = parsePath({
    file: source.file,
    segments: [...toFolders(source.folder), ...name.segments],
    syntax: convention.syntax
  })
  if (parsed.kind === 'problem') {
    collector.problems.push(parsed.problem)
    return
  }
  const fromConfig = collector.settings.toMethods(source.folder)
  const methodHandlers = toMethodHandlers(picked.handlers, name.methods, fromConfig)
  if (methodHandlers.length === 0) {
    const message = `"${source.file}" exports no handler for ${name.methods?.join(', ')}, the method its name says.`
    collector.problems.push(createProblem('TREEWAY_EXPORT_MISSING', message, { file: source.file }))
  }
  const pattern = [...collector.tree.prefix, ...parsed.pattern]
  const folderDepth = collector.tree.prefix.length + toFolders(source.folder).length
  for (const { exportName, methods } of methodHandlers) {
    addRoute(collector, source, {
      folderDepth,
      methods,
      pattern,
      exportName,
      style: picked.style,
      convention: convention.name
    })
  }
}

function toFolders(folder: string): string[] {
  return folder === '' ? [] : folder.split('/')
}
