import { readFile } from 'node:fs/promises'
import { isAbsolute, join, relative } from 'node:path'
import { createAssets } from '../assets/create-assets.ts'
import type { Assets, AssetsOptions } from '../assets/create-assets.ts'
import { createRulesMatcher, parseRoutesRules } from '../assets/routes-rules.ts'
import type { Config } from '../config/config.ts'
import type { FunctionAssets } from '../config/to-function-config.ts'
import { createProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import type { ReadProject } from './read-project.ts'
import { toCanonicalUrl } from '../routes/canonical-path.ts'
import { createPrefixMatcher } from '../routes/match-url.ts'
import type { Pattern } from '../routes/pattern.ts'
import type { RouteTable } from '../routes/table.ts'
import type { AssetSource } from '../server/project.ts'

const HANDLING = {
  '404-page': 'nearest-404',
  none: '404',
  'single-page-application': 'single-page-application'
} as const satisfies Record<
  NonNullable<FunctionAssets['notFoundHandling']>,
  AssetsOptions['notFoundHandling']
>

/** The static files of a project: `public/`, or the folder that the root's fn.config.json names. */
export function openAssets(config: Config, read: ReadProject): Assets {
  const { folder, dir } = toAssetsFolder(config, read)
  const handling = read.assets?.notFoundHandling
  return createAssets({
    dir,
    label: folder,
    exclude: createSourceCheck(config, read),
    mayAlias: createAliasCheck(read.table),
    ...(handling === undefined ? {} : { notFoundHandling: HANDLING[handling] })
  })
}

/** A link inside the folder must not lead around a guard: what covers its target must cover the link too. */
function createAliasCheck(table: RouteTable): (fromPath: string, toPath: string) => boolean {
  const matcher = createPrefixMatcher([...table.scopes, ...table.middlewares])
  return function mayAlias(fromPath, toPath) {
    const covering = matcher.match(encodeURI(fromPath))
    return matcher.match(encodeURI(toPath)).every((guard) => covering.includes(guard))
  }
}

/** A static folder may lie around the tree; what the tree is made of is still never sent. */
function createSourceCheck(config: Config, read: ReadProject): (absolutePath: string) => boolean {
  const { table } = read
  const sources = new Set([
    ...table.boot,
    ...table.routes.map((route) => route.file),
    ...table.conflicts.flatMap((conflict) => conflict.files),
    ...table.scopes.flatMap((scope) => scope.plugins),
    ...table.middlewares.map((middleware) => middleware.file),
    ...table.privateFiles.map((file) => file.file)
  ])
  return function isSource(absolutePath) {
    const path = relative(config.dir, absolutePath)
    return sources.has(path) || path.startsWith(`${config.stateDir}/`)
  }
}

export interface ReadRules {
  /** Absent: every path reaches the functions. */
  readonly isFunctionPath: ((path: string) => boolean) | undefined
  readonly problems: readonly Problem[]
}

/** `_routes.json` of the static folder. A bad one is a problem, and then every path reaches the functions. */
export async function readRoutesRules(config: Config, read: ReadProject): Promise<ReadRules> {
  const { folder, dir } = toAssetsFolder(config, read)
  const file = `${folder}/_routes.json`
  try {
    const { rules, problems } = parseRoutesRules(await readFile(join(dir, '_routes.json'), 'utf8'), file)
    return { isFunctionPath: rules && createRulesMatcher(rules), problems }
  } catch (error) {
    if (isMissing(error)) return { isFunctionPath: undefined, problems: [] }
    return {
      isFunctionPath: undefined,
      problems: [createProblem('TREEWAY_TREE_UNREADABLE', String(error), { file })]
    }
  }
}

function toAssetsFolder(config: Config, read: ReadProject): { folder: string; dir: string } {
  const folder = (read.assets?.directory ?? config.publicDir).replace(/^\.\//, '')
  return { folder, dir: isAbsolute(folder) ? folder : join(config.dir, folder) }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}

/**
 * The static files as an app below a prefix asks for them. Someone else's router may not make paths canonical, and a
 * path that is not could slip past a guard of its: so only a canonical one is answered.
 */
export function mountAssets(assets: Assets, prefix: Pattern): AssetSource {
  if (prefix.length === 0) return assets
  return {
    respond(request) {
      if (toCanonicalUrl(request.path) !== request.path) return undefined
      const path = `/${request.path
        .split('/')
        .slice(1 + prefix.length)
        .join('/')}`
      return assets.respond({ ...request, path })
    }
  }
}
