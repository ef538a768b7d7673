import type { Environment } from '../config/config.ts'
import { loadConfig } from '../config/load-config.ts'
import type { LoadedConfig } from '../config/load-config.ts'
import { TreewayError } from '../errors.ts'
import type { CliContext } from './cli-context.ts'
import type { CommandInput } from './command.ts'

/** The configuration of a command that serves nothing, or of `start`: `.env` is not read. */
export async function readProjectConfig(context: CliContext, input: CommandInput): Promise<LoadedConfig> {
  return await readConfig(input, context.environment.read())
}

/** The configuration for `dev`: `.env` counts, and is among the files. */
export async function readDevConfig(context: CliContext, input: CommandInput): Promise<LoadedConfig> {
  const { environment, files } = context.environment.readDotEnv(input.dir)
  const loaded = await readConfig(input, environment)
  return { ...loaded, files: [...loaded.files, ...files] }
}

/** For commands that must not go on with half a configuration. */
export function refuseProblems({ problems }: LoadedConfig): void {
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return
  throw new TreewayError('TREEWAY_CONFIG_INVALID', 'The configuration has errors.', { problems })
}

async function readConfig({ dir, options }: CommandInput, environment: Environment): Promise<LoadedConfig> {
  return await loadConfig({
    dir,
    environment,
    flags: options,
    loadModule: async (file) => {
      const { createModuleLoader } = await import('../languages/javascript/create-module-loader.ts')
      const { findModulesDir } = await import('../project/read-build.ts')
      const loader = createModuleLoader({ dir, modulesDir: await findModulesDir(dir) })
      try {
        return await loader.load(file)
      } finally {
        await loader.close()
      }
    }
  })
}
