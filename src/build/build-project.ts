import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import type { Problem } from '../errors.ts'
import { collectModules } from '../languages/javascript/collect-modules.ts'
import type { CollectedModules } from '../languages/javascript/collect-modules.ts'
import type { InstalledPackages } from '../languages/javascript/package-folders.ts'
import { removeUnusedInstalls } from '../languages/workers/remove-unused-installs.ts'
import { readRoutesRules } from '../project/open-assets.ts'
import { refuseProblems } from '../project/open-project.ts'
import { readProject } from '../project/read-project.ts'
import type { ReadProject } from '../project/read-project.ts'
import { copyPackages, installForBuild } from './build-packages.ts'
import { copyProject } from './copy-project.ts'
import { listModuleFiles } from './list-module-files.ts'
import { prepareLanguages } from './prepare-languages.ts'
import { refuseTarget } from './refuse-target.ts'
import { writeManifest } from './write-manifest.ts'
import { writeModules } from './write-modules.ts'
import { writeRoutesRules } from './write-routes-rules.ts'

export interface BuildOptions {
  readonly config: Config
  /** Absolute folder of the build; an earlier build there is replaced when this one is done. */
  readonly outDir: string
  /** More files and folders to take along, below the project's directory. Default: none. */
  readonly include?: readonly string[]
  /** Files that configured the project, below its directory. Default: none. */
  readonly configFiles?: readonly string[]
  /** Long work (an install, a compile) began or ended: one line to show. */
  readonly onProgress?: (text: string) => void
}

export interface BuildResult {
  readonly outDir: string
  readonly routes: number
  readonly modules: number
  /** Warnings; an error would have refused the build. */
  readonly problems: readonly Problem[]
}

/**
 * Freezes a project into a folder that can be served, and shipped, by itself. Nothing of the project is run. Two builds
 * of the same files are the same bytes. Packages are installed in the project's state folder.
 *
 * @throws TreewayError TREEWAY_TREE_REFUSED with all problems; nothing is written then.
 *
 * @example
 * await buildProject({ config, outDir: '/srv/shop/.treeway/build' })
 */
export async function buildProject(options: BuildOptions): Promise<BuildResult> {
  const { config, outDir } = options
  await refuseTarget(config, outDir)
  const read = await readProject(config)
  const rules = await readRoutesRules(config, read)
  const { installed, problems: missing } = await installForBuild(options, read)
  await removeUnusedInstalls(join(config.dir, config.stateDir))
  const modules = await collectModules({
    dir: config.dir,
    installed,
    files: await listModuleFiles(config, options, read)
  })
  const problems = [
    ...read.problems.map(toStrict),
    ...rules.problems,
    ...missing,
    ...addUnknown({ problems: [...read.problems, ...missing] }, modules)
  ]
  refuseProblems(problems)
  const dir = `${outDir}.building`
  await rm(dir, { recursive: true, force: true })
  try {
    problems.push(
      ...(await writeBuild({
        ...options,
        dir,
        read,
        modules,
        installed,
        hasRules: rules.isFunctionPath !== undefined
      }))
    )
    refuseProblems(problems)
    await replaceFolder(dir, outDir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
  return { outDir, routes: read.table.routes.length, modules: modules.modules.size, problems }
}

interface WriteOptions extends BuildOptions {
  /** Absolute: where the build is made. */
  readonly dir: string
  readonly read: ReadProject
  readonly modules: CollectedModules
  readonly installed: InstalledPackages
  /** The project has `_routes.json` of its own. */
  readonly hasRules: boolean
}

async function writeBuild(options: WriteOptions): Promise<readonly Problem[]> {
  const { config, dir, read, modules } = options
  await mkdir(dir, { recursive: true })
  await copyProject({ ...options, modules: [...modules.modules.keys(), ...modules.dataFiles] })
  const modulesDir = `${config.stateDir}/modules`
  await writeModules(join(dir, modulesDir), modules)
  if (!options.hasRules) await writeRoutesRules(dir, config, read)
  const problems = await prepareLanguages({ ...options, config: { ...config, dir } })
  const packages = await copyPackages(options)
  await writeManifest({ dir, modulesDir, read, modules, packages })
  return problems
}

/** A tree without routes can be served, in dev, while its first file is written; to build it is a mistake. */
function toStrict(problem: Problem): Problem {
  return problem.code === 'TREEWAY_TREE_EMPTY' ? { ...problem, severity: 'error' } : problem
}

/** What reading the tree found already is not said twice. */
function addUnknown(
  { problems }: Pick<ReadProject, 'problems'>,
  modules: CollectedModules
): readonly Problem[] {
  // An import of what could not be installed leads nowhere, and that is said already.
  const lacksPackages = problems.some(({ code }) => code === 'TREEWAY_INSTALL_FAILED')
  return modules.problems.filter(
    ({ code, file, line }) =>
      !(lacksPackages && code === 'TREEWAY_LOAD_FAILED') &&
      !problems.some((known) => known.code === code && known.file === file && (known.line ?? line) === line)
  )
}

async function replaceFolder(from: string, to: string): Promise<void> {
  const old = `${to}.old`
  await rm(old, { recursive: true, force: true })
  if (await isThere(to)) await rename(to, old)
  await rename(from, to)
  await rm(old, { recursive: true, force: true })
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false
  )
}
