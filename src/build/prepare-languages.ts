import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import type { Problem } from '../errors.ts'
import type { ReadProject } from '../project/read-project.ts'
import { createWorkerRoutes } from '../server/worker-routes.ts'
import { pruneState } from './prune-state.ts'

export interface PrepareLanguagesOptions {
  /** Its `dir` is the build. */
  readonly config: Config
  readonly read: ReadProject
  readonly onProgress?: (text: string) => void
}

/** Installs and compiles, inside the build, what the other languages of the tree need. */
export async function prepareLanguages(options: PrepareLanguagesOptions): Promise<readonly Problem[]> {
  const { config, read, onProgress = () => undefined } = options
  const workers = await createWorkerRoutes({
    config,
    isReproducible: true,
    table: read.table,
    toLogger: () => undefined,
    onProgress
  })
  try {
    return await workers.prepare()
  } finally {
    await workers.stop()
    await pruneState(join(config.dir, config.stateDir))
  }
}
