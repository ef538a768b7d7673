import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { Problem } from '../../errors.ts'
import { installList, runInstall, toFailedResult } from '../workers/install-list.ts'
import { isInstalled } from '../workers/install-once.ts'
import { findCommand, runTool, type ToolResult } from '../workers/run-tool.ts'
import type { PrepareContext } from '../workers/spec.ts'
import type { Composer } from './composer.ts'
import type { Php } from './find-php.ts'

/** Composer's autoload file for the packages, or the problem (its `file` is the list's). */
export async function installPackages(
  composer: Composer,
  php: Php,
  context: PrepareContext
): Promise<string | Problem> {
  const name = relative(context.dir, composer.file)
  const folder = join(context.stateDir, 'php', composer.hash)
  const tool = findCommand(['composer', 'composer.phar'], context.hostEnv)
  if ((context.isFrozen || tool === undefined) && !(await isInstalled(folder))) {
    // somebody installed them by hand
    const own = join(dirname(composer.file), 'vendor', 'autoload.php')
    if (existsSync(own)) return own
  }
  const fill = async (): Promise<ToolResult> =>
    tool === undefined
      ? toFailedResult('Composer is not installed: there is no composer on PATH')
      : await fillFolder(folder, { composer, php, tool, context })
  return (await installList({ name, folder }, context, fill)) ?? join(folder, 'vendor', 'autoload.php')
}

interface FillOptions {
  readonly composer: Composer
  readonly php: Php
  readonly tool: string
  readonly context: PrepareContext
}

async function fillFolder(folder: string, options: FillOptions): Promise<ToolResult> {
  const { composer, tool, context } = options
  const { dir, hostEnv, signal } = context
  const name = relative(dir, composer.file)
  if (composer.text === undefined) return toFailedResult(`${name} does not hold a JSON object`)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'composer.json'), composer.text)
  if (composer.lock !== undefined) await writeFile(join(folder, 'composer.lock'), composer.lock)
  const args = ['install', '--no-dev', '--no-scripts', '--no-interaction', '--no-progress', '--prefer-dist']
  const env = {
    COMPOSER_ALLOW_SUPERUSER: '1',
    ...hostEnv,
    COMPOSER: undefined,
    COMPOSER_VENDOR_DIR: undefined
  }
  return await runInstall({ language: 'php', name, tool: 'composer' }, context, () =>
    runTool(tool, [...args, '--optimize-autoloader'], { cwd: folder, env, signal })
  )
}
