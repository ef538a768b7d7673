import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Config } from '../config/config.ts'
import { TreewayError } from '../errors.ts'
import { BUILD_FILE } from '../project/read-build.ts'

/** A build takes the place of its folder: so that may hold nothing but an earlier build, and nothing around it. */
export async function refuseTarget(config: Config, outDir: string): Promise<void> {
  const around = relative(outDir, config.dir)
  if (!around.startsWith('..')) throw toTargetError(outDir, 'the project lies in it')
  const names = await readNames(outDir)
  if (names.length > 0 && !names.includes(BUILD_FILE))
    throw toTargetError(outDir, 'it has files that are no build')
  if ((await readNames(config.dir)).includes(BUILD_FILE))
    throw toTargetError(join(config.dir, BUILD_FILE), 'this project is a build already')
}

async function readNames(dir: string): Promise<string[]> {
  try {
    return await readdir(dir)
  } catch {
    return []
  }
}

function toTargetError(path: string, reason: string): TreewayError {
  return new TreewayError('TREEWAY_BUILD_TARGET', `${path}: ${reason}. Nothing was written.`)
}
