import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Problem } from '../../errors.ts'
import { installList, runInstall, toFailedResult } from '../workers/install-list.ts'
import { findNearestFile } from '../workers/nearest-file.ts'
import { findCommand, runTool, type ToolResult } from '../workers/run-tool.ts'
import type { PrepareContext } from '../workers/spec.ts'
import type { PackageList } from './package-list.ts'

/**
 * `--install-links` copies local packages: a link would make npm write, and Node look, beside the sources. Install
 * scripts run as npm's own settings say: the packages that need them (SQLite, image libraries) do not work without, and
 * a handler runs the same packages with the same rights. Scripts of the list itself are not in it (package-list.ts).
 */
const ARGS = ['--install-links', '--omit=dev', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error']

/** Absolute folder whose node_modules has the packages, or the problem (its `file` is the list's). */
export async function installPackages(list: PackageList, context: PrepareContext): Promise<string | Problem> {
  const name = relative(context.dir, list.file)
  const folder = toInstallFolder(list, context)
  const fill = async (): Promise<ToolResult> => {
    const npm = findCommand(['npm'], context.hostEnv)
    if (list.text === undefined) return toFailedResult(`${name} does not hold a JSON object`)
    if (npm === undefined) return toFailedResult('npm is not installed: there is no npm on PATH')
    await writeLists(folder, list, context)
    const result = await runInstall({ language: 'javascript', name, tool: 'npm' }, context, () =>
      runNpm(npm, { folder, isLocked: list.isLocked, context })
    )
    await finishFolder(folder, list)
    return result
  }
  return (await installList({ name, folder }, context, fill)) ?? folder
}

export function toInstallFolder(list: PackageList, { stateDir }: Pick<PrepareContext, 'stateDir'>): string {
  return join(stateDir, 'npm', list.text === undefined ? 'unreadable' : list.hash)
}

async function writeLists(folder: string, list: PackageList, { dir }: PrepareContext): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), list.text ?? '')
  if (list.lock !== undefined) await writeFile(join(folder, 'package-lock.json'), list.lock)
  // registries, and what to say to them
  const settings = findNearestFile(list.file, { names: ['.npmrc'], dir, seen: new Map() })
  if (settings !== undefined) await copyFile(settings, join(folder, '.npmrc'))
}

/** Only npm reads these, and they may name places of this machine, or hold a secret. */
const LEFT_OVER = ['.npmrc', 'package-lock.json', 'node_modules/.package-lock.json']

async function finishFolder(folder: string, { rest }: PackageList): Promise<void> {
  for (const name of LEFT_OVER) await rm(join(folder, name), { force: true })
  await writeFile(join(folder, 'package.json'), rest)
}

interface NpmRun {
  readonly folder: string
  readonly isLocked: boolean
  readonly context: PrepareContext
}

async function runNpm(npm: string, { folder, isLocked, context }: NpmRun): Promise<ToolResult> {
  const { hostEnv, signal } = context
  // a server that `npm start` started has settings that are for another folder
  const settings = ['workspace', 'workspaces', 'include_workspace_root', 'global', 'location', 'prefix']
  const env = { ...hostEnv, ...Object.fromEntries(settings.map((name) => [`npm_config_${name}`, undefined])) }
  return await runTool(npm, [isLocked ? 'ci' : 'install', ...ARGS], { cwd: folder, env, signal })
}
