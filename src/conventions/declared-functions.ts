import { createProblem } from '../errors.ts'
import type { FunctionConfig } from '../config/to-function-config.ts'
import { parseRoutePattern } from '../routes/parse-route-pattern.ts'
import type { Pattern } from '../routes/pattern.ts'
import { addRoute, pickSourceHandlers, toProjectPath } from './collector.ts'
import type { Collector } from './collector.ts'
import type { SourceFile } from './convention.ts'
import { pickConvention } from './index.ts'
import { toMethodHandlers } from './handler-exports.ts'

const ENTRY_NAMES = ['handler', 'main', 'index']

/**
 * Folders whose fn.config.json makes them one function with a name of its own (`name`, `entrypoint`, `runtime` beside
 * an entry file, `invoke.routes`): its URLs come from there, `/<name>` and `/<name>/*` by default, and no longer from
 * the path. Returns the files that are served this way.
 */
export function collectDeclared(collector: Collector, sources: readonly SourceFile[]): Map<string, string> {
  const served = new Map<string, string>()
  for (const [folder, config] of collector.tree.configs) {
    if (!isDeclaration(config)) continue
    const entry = findEntry(sources, toProjectPath(collector.tree, folder), config)
    if (entry) {
      served.set(entry.file, folder)
      addDeclared(collector, entry, { folder, config })
    } else if (config.entrypoint !== undefined || config.invoke?.routes)
      addMissingEntry(collector, folder, config)
  }
  return served
}

/** Folders with a `handler.*` or `main.*`, or an entrypoint: their plain siblings are private. */
export function listEntryFolders(
  sources: readonly SourceFile[],
  declared: ReadonlyMap<string, string>
): ReadonlySet<string> {
  const folders = new Set(declared.values())
  for (const source of sources) {
    const isEntry = source.name === 'handler' || source.name === 'main'
    if (isEntry && source.tree === 'functions' && pickConvention(source).name === 'fastfn')
      folders.add(source.folder)
  }
  return folders
}

function isDeclaration(config: FunctionConfig): boolean {
  return [config.name, config.entrypoint, config.runtime, config.invoke?.routes].some(
    (value) => value !== undefined
  )
}

/** `folder`: below the project's directory. */
function findEntry(
  sources: readonly SourceFile[],
  folder: string,
  config: FunctionConfig
): SourceFile | undefined {
  const toPath = (name: string): string => (folder === '' ? name : `${folder}/${name}`)
  const { entrypoint, runtime } = config
  if (entrypoint !== undefined) {
    const path = toPath(entrypoint.replace(/^\.\//, ''))
    return sources.find((source) => source.file === path)
  }
  const own = sources.filter((source) => runtime === undefined || isRuntime(source, runtime))
  return ENTRY_NAMES.map((name) =>
    own.find((source) => source.name === name && source.file.startsWith(toPath(`${name}.`)))
  ).find((source) => source !== undefined)
}

/** FastFN says `node` for JavaScript. */
function isRuntime(source: SourceFile, runtime: string): boolean {
  return source.language === (runtime === 'node' ? 'javascript' : runtime)
}

interface Declaration {
  readonly folder: string
  readonly config: FunctionConfig
}

function addDeclared(collector: Collector, source: SourceFile, { folder, config }: Declaration): void {
  const picked = pickSourceHandlers(collector, source)
  if (!picked) return
  const declaredIn = toProjectPath(
    collector.tree,
    folder === '' ? 'fn.config.json' : `${folder}/fn.config.json`
  )
  const name = config.name ?? folder
  const urls = config.invoke?.routes ?? (name === '' ? ['/', '/*'] : [`/${name}`, `/${name}/*`])
  const forced = config.forceUrl === true || config.invoke?.forceUrl === true
  const handlers = toMethodHandlers(picked.handlers, undefined, collector.settings.toMethods(folder))
  for (const url of urls) {
    const pattern = parseDeclaredUrl(collector, url, declaredIn)
    if (!pattern) continue
    for (const { exportName, methods } of handlers) {
      addRoute(collector, source, {
        methods,
        pattern,
        exportName,
        style: picked.style,
        convention: 'fastfn',
        declaredIn,
        forced,
        folderDepth: 0
      })
    }
  }
}

export function parseDeclaredUrl(collector: Collector, url: string, declaredIn: string): Pattern | undefined {
  const parsed = parseRoutePattern(url)
  if (parsed.kind === 'pattern') return [...collector.tree.prefix, ...parsed.pattern]
  const { error } = parsed
  const frame = `${url}\n${' '.repeat(error.index)}${'^'.repeat(Math.max(error.length, 1))}`
  collector.problems.push(
    createProblem('TREEWAY_NAME_INVALID', `The URL "${url}" is no pattern: ${error.message}`, {
      file: declaredIn,
      fix: error.fix,
      frame
    })
  )
  return undefined
}

function addMissingEntry(collector: Collector, folder: string, config: FunctionConfig): void {
  const file = toProjectPath(collector.tree, folder === '' ? 'fn.config.json' : `${folder}/fn.config.json`)
  const message =
    config.entrypoint === undefined
      ? 'It gives URLs, but the folder has no handler, main or index file to serve them.'
      : `The entrypoint "${config.entrypoint}" is not there.`
  const fix = 'Name a file of this folder as entrypoint.'
  collector.problems.push(createProblem('TREEWAY_CONFIG_INVALID', message, { file, fix }))
}
