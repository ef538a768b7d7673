import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { toConfig } from './app.ts'
import type { ConfigInput } from './config/config.ts'
import { openProject, refuseProblems } from './project/open-project.ts'
import { toPrefix } from './project/read-project.ts'
import { registerProject } from './server/register-project.ts'

export interface TreewayPluginOptions {
  /** The project's directory. */
  readonly dir: string
  /** URL prefix, as every Fastify plugin takes it. Default: none. */
  readonly prefix?: string
  /** `refuse` (default): problems of the tree make the registration fail. `serve`: the rest is served. */
  readonly problems?: 'refuse' | 'serve'
  /** Options of treeway.config. */
  readonly config?: ConfigInput
}

/**
 * A tree in somebody else's Fastify app, beside their own routes, where people use @fastify/autoload today.
 * Registered twice with two prefixes it serves two trees.
 *
 * @example app.register(treeway, { dir: 'functions', prefix: '/api' })
 */
const treeway: FastifyPluginAsync<TreewayPluginOptions> = async function treeway(
  instance: FastifyInstance,
  options: TreewayPluginOptions
): Promise<void> {
  const problems = options.problems ?? 'refuse'
  const config = toConfig({ dir: options.dir, ...(options.config ? { config: options.config } : {}) })
  const opened = await openProject({
    config,
    problems,
    prefix: toPrefix(instance.prefix),
    toLogger: () => instance.log
  })
  instance.addHook('onClose', opened.close)
  await registerProject(instance, opened.project)
  if (problems === 'refuse') refuseProblems(opened.problems)
}

export default treeway
