import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { createProblem, type Problem } from '../../errors.ts'
import { installOnce, isInstalled } from '../workers/install-once.ts'
import { findCommand, runTool, toTail, type ToolResult } from '../workers/run-tool.ts'
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
  const isThere = await isInstalled(folder)
  if (!isThere && (context.isFrozen || tool === undefined)) {
    // somebody installed them by hand
    const own = join(dirname(composer.file), 'vendor', 'autoload.php')
    if (existsSync(own)) return own
    if (context.isFrozen)
      return createProblem('TREEWAY_INSTALL_FROZEN', `${name} is not installed`, { file: name })
  }
  let output = 'Composer is not installed: there is no composer on PATH'
  const fill = async (): Promise<boolean> => {
    if (tool === undefined) return false
    const result = await fillFolder(folder, { composer, php, tool, context })
    output = result.output
    return result.isOk
  }
  if (await installOnce(folder, fill, context.signal)) return join(folder, 'vendor', 'autoload.php')
  return createProblem('TREEWAY_INSTALL_FAILED', `${name} can not be installed`, {
    file: name,
    frame: toTail(output)
  })
}

interface FillOptions {
  readonly composer: Composer
  readonly php: Php
  readonly tool: string
  readonly context: PrepareContext
}

async function fillFolder(folder: string, options: FillOptions): Promise<ToolResult> {
  const { composer, tool, context } = options
  const { dir, hostEnv, onProgress, signal } = context
  const name = relative(dir, composer.file)
  if (composer.text === undefined)
    return { isOk: false, output: `${name} does not hold a JSON object`, stdout: '' }
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'composer.json'), composer.text)
  if (composer.lock !== undefined) await writeFile(join(folder, 'composer.lock'), composer.lock)
  const began = performance.now()
  onProgress(`php: installing ${name} with composer`)
  const args = ['install', '--no-dev', '--no-scripts', '--no-interaction', '--no-progress', '--prefer-dist']
  const env = {
    COMPOSER_ALLOW_SUPERUSER: '1',
    ...hostEnv,
    COMPOSER: undefined,
    COMPOSER_VENDOR_DIR: undefined
  }
  const result = await runTool(tool, [...args, '--optimize-autoloader'], { cwd: folder, env, signal })
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  onProgress(`php: ${result.isOk ? 'installed' : 'could not install'} ${name} (${seconds} s)`)
  return result
}
