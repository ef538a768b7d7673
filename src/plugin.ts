import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { toConfig } from './app.ts'
import type { ConfigInput } from './config/config.ts'
import { describeToHost } from './openapi/describe-to-host.ts'
import { toOpenapiMode } from './openapi/openapi-mode.ts'
import { openProject, refuseProblems } from './project/open-project.ts'
import { toPrefix } from './routes/parse-route-pattern.ts'
import { registerProject } from './server/register-project.ts'

export interface TreewayPluginOptions {
  /** The project's directory. */
  readonly dir: string
  /** URL prefix, as every Fastify plugin takes it. Default: none. */
  readonly prefix?: string
  /** `refuse` (default): problems of the tree make the registration fail. `serve`: the rest is served. */
  readonly problems?: 'refuse' | 'serve'
  /** Options of treeway.config. With `openapi` the document of the tree and its page are served under the prefix. */
  readonly config?: ConfigInput
}

/**
 * A tree in somebody else's Fastify app, beside their own routes, where people use @fastify/autoload today.
 * Registered twice with two prefixes it serves two trees. A @fastify/swagger that the app registers before has all routes of
 * the tree in its document.
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
  const openapi = toOpenapiMode(config.openapi, false)
  if (openapi) {
    const { registerOpenapi } = await import('./openapi/register-openapi.ts')
    await registerOpenapi(instance, config.dir, openapi)
  } else describeToHost(instance, config.dir)
  await registerProject(instance, opened.project)
  if (problems === 'refuse') refuseProblems(opened.problems)
}

export default treeway
