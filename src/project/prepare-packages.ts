import { dirname, join } from 'node:path'
import type { Config } from '../config/config.ts'
import { createProblem, TreewayError } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { listPackageFiles } from '../languages/javascript/list-package-files.ts'
import type { InstalledPackages } from '../languages/javascript/package-folders.ts'
import { readHostEnv } from '../languages/workers/environment.ts'
import type { PrepareContext } from '../languages/workers/spec.ts'
import type { RouteTable } from '../routes/table.ts'

/** The npm packages of the folders of a tree. */
export interface PreparedPackages {
  readonly installed: InstalledPackages
  /** Why a file (below the project's directory) can not be loaded: what it needs is not there. */
  readonly refused: ReadonlyMap<string, TreewayError>
}

export interface PreparePackagesOptions {
  readonly config: Config
  readonly table: RouteTable
  readonly onProgress: (text: string) => void
  readonly signal: AbortSignal
  /** Nothing is installed, and what is not there is a warning: it will be, when the tree is served. Default false. */
  readonly isOnlyRead?: boolean
}

/** Installs what the package.json files of a tree ask for, below the state folder. That of the project is not ours. */
export async function preparePackages(options: PreparePackagesOptions): Promise<PreparedPackages> {
  const installed = new Map<string, string>()
  const refused = new Map<string, TreewayError>()
  const { dir } = options.config
  const names = new Map(listFiles(options.table).map((name) => [join(dir, name), name]))
  const users = listPackageFiles(dir, names.keys())
  for (const [file, ofList] of users) {
    const result = await installOne(file, options)
    if (result === undefined) continue
    if (typeof result === 'string') installed.set(dirname(file), result)
    else for (const user of ofList) refuse(refused, names.get(user) ?? user, result)
  }
  return { installed, refused }
}

function listFiles({ routes, boot, scopes, middlewares }: RouteTable): string[] {
  const handlers = routes.filter(
    ({ language, redirect }) => language === 'javascript' && redirect === undefined
  )
  const files = [...handlers, ...middlewares].map(({ file }) => file)
  return [...new Set([...files, ...boot, ...scopes.flatMap(({ plugins }) => plugins)])]
}

/** The folder of the packages, or what is wrong; undefined where nothing is to be installed. */
async function installOne(
  file: string,
  options: PreparePackagesOptions
): Promise<string | Problem | undefined> {
  // Most trees have no such list.
  const { readPackageList } = await import('../languages/javascript/package-list.ts')
  const list = readPackageList(file)
  if (list === undefined) return undefined
  const { config, onProgress, signal, isOnlyRead = false } = options
  const { installPackages } = await import('../languages/javascript/install-packages.ts')
  const context: PrepareContext = {
    dir: config.dir,
    stateDir: join(config.dir, config.stateDir),
    isFrozen: config.frozen || isOnlyRead,
    hostEnv: readHostEnv(),
    onProgress,
    signal
  }
  const result = await installPackages(list, context)
  if (typeof result === 'string' || !isOnlyRead) return result
  const fix = 'Run `treeway dev`, `start` or `build`: they install it.'
  return { ...result, severity: 'warning', fix }
}

function refuse(refused: Map<string, TreewayError>, file: string, { code, message, ...rest }: Problem): void {
  if (refused.has(file)) return
  const problem = createProblem(code, message, { ...rest, file })
  refused.set(file, new TreewayError(code, message, { problems: [problem], fix: problem.fix }))
}
