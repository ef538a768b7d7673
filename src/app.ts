import { resolve } from 'node:path'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import { createFastify } from './compat/create-fastify.ts'
import { createConfig } from './config/config.ts'
import type { Config, ConfigInput } from './config/config.ts'
import type { Problem } from './errors.ts'
import { openProject, refuseProblems } from './open-project.ts'
import type { OpenProject } from './open-project.ts'
import { readProject } from './read-project.ts'
import { toCanonicalUrl } from './routes/canonical-path.ts'
import type { RouteTable } from './routes/table.ts'
import { registerProject } from './server/register-project.ts'

export interface AppOptions {
  /** The project's directory. */
  readonly dir: string
  /** `refuse` (default): problems of the tree make it throw. `serve`: they are shown, and the rest is served, as `dev` does. */
  readonly problems?: 'refuse' | 'serve'
  /** Options of treeway.config, already loaded. Default: defaults. */
  readonly config?: Config | ConfigInput
  /** Options for the Fastify instance. */
  readonly fastify?: FastifyServerOptions
  /** Long work (an install, a compile) began or ended: one line to show. Default: not shown. */
  readonly onProgress?: (text: string) => void
}

/** What an app knows about its tree; on the instance as `app.treeway`. */
export interface AppFacts {
  readonly dir: string
  readonly table: RouteTable
  /** Of the tree, and what came up while its modules ran. */
  readonly problems: readonly Problem[]
}

declare module 'fastify' {
  interface FastifyInstance {
    /** What Treeway knows about the tree that this server serves. */
    treeway: AppFacts
  }
}

/** Longer than any sensible value, short enough that a pattern with several parameters in a segment stays cheap. */
const MAX_PARAM_LENGTH = 2048

/**
 * A Fastify instance for a tree: read it, load its modules, register everything. Call `.listen()` or `.inject()` on
 * what comes back, and `.close()` at the end.
 *
 * @example
 * const app = await createApp({ dir: 'examples/shop' })
 * await app.listen({ port: 3000 })
 */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  return (await openApp(options, {})).app
}

/** An app that can take changed files in while it serves. */
export interface ReloadableApp {
  readonly app: FastifyInstance
  /** Paths below the project's directory. False: only a new app will do. */
  reload(paths: readonly string[]): Promise<boolean>
}

export interface OpenAppOptions {
  /** Handlers can be replaced while the app serves. Default false. */
  readonly isReloadable?: boolean
  /** Transformed code is kept in the project's state folder. Default false: nothing is written. */
  readonly keepsCaches?: boolean
}

/** As `createApp`, for `dev` and `start`. */
export async function openApp(options: AppOptions, modes: OpenAppOptions): Promise<ReloadableApp> {
  const config = toConfig(options)
  const problems = options.problems ?? 'refuse'
  let app: FastifyInstance | undefined
  const { onProgress } = options
  const opened = await openProject({
    config,
    problems,
    prefix: [],
    ownsServer: true,
    onProgress,
    toLogger: () => app?.log,
    ...modes
  })
  app = createFastify(toServerOptions(options, config))
  app.decorate('treeway', { dir: config.dir, table: opened.project.table, problems: opened.problems })
  app.addHook('onClose', opened.close)
  return { app: await startApp(app, opened, problems === 'refuse'), reload: opened.reload }
}

async function startApp(
  app: FastifyInstance,
  opened: OpenProject,
  refuses: boolean
): Promise<FastifyInstance> {
  try {
    await registerProject(app, opened.project)
    await app.ready()
    if (refuses) refuseProblems(opened.problems)
    return app
  } catch (error) {
    await app.close()
    throw error
  }
}

/** What a tree says, without running any of it. */
export async function readTable(
  options: AppOptions
): Promise<{ table: RouteTable; problems: readonly Problem[] }> {
  const { table, problems } = await readProject(toConfig(options))
  return { table, problems }
}

export function toConfig(options: Pick<AppOptions, 'dir' | 'config'>): Config {
  const { config } = options
  if (config !== undefined && 'dir' in config) return config
  return createConfig(resolve(options.dir), config)
}

function toServerOptions(options: AppOptions, config: Config): FastifyServerOptions {
  const given = { ...config.fastify, ...options.fastify } as FastifyServerOptions
  const { rewriteUrl } = given
  return {
    bodyLimit: config.bodyLimit,
    ...given,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH, ...given.routerOptions },
    rewriteUrl(request) {
      return toCanonicalUrl(rewriteUrl ? rewriteUrl.call(this, request) : (request.url ?? '/'))
    }
  }
}
