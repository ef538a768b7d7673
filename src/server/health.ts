import type { FastifyInstance, RouteShorthandOptions } from 'fastify'
import { ownRouteKey } from '../routes/route.ts'
import { exemptFromMiddleware } from './middleware-direct.ts'

/** Whether this process wants new requests; false while it drains. */
export interface Readiness {
  isReady: boolean
}

const DEFAULT_PATH = '/_treeway/health'

/**
 * `/_treeway/health` says that the process answers, `/_treeway/health/ready` whether it wants more: 503 while it
 * drains. In a context of their own, registered before boot files, so that no guard of the tree can make a healthy
 * server look ill.
 *
 * @param option of the configuration: another path, or false for none.
 */
export async function registerHealth(
  app: FastifyInstance,
  option: boolean | string,
  readiness: Readiness
): Promise<void> {
  if (option === false) return
  const path = typeof option === 'string' ? option : DEFAULT_PATH
  const route = {
    schema: { hide: true },
    logLevel: 'warn',
    config: { [ownRouteKey]: true }
  } as RouteShorthandOptions
  await app.register(async function health(instance) {
    exemptFromMiddleware(instance)
    instance.get(path, route, async (_request, reply) =>
      reply.header('cache-control', 'no-store').send({ status: 'ok' })
    )
    instance.get(`${path}/ready`, route, async (_request, reply) => {
      const { isReady } = readiness
      return reply
        .code(isReady ? 200 : 503)
        .header('cache-control', 'no-store')
        .send({ status: isReady ? 'ready' : 'draining' })
    })
  })
}
